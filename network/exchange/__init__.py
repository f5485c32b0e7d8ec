"""What referrals and handoffs share: two sides and their mailboxes, states, events, messages and clocks.

An *exchange* has one row for both sides that says nothing private, and a private *side* (the mailbox) for
each, which is the only link to a case.
"""
