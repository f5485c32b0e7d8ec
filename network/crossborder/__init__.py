"""Cases that cross a border: handoffs between two centres, the return, and the follow-up after it.

The decision (offered, accepted, taken over) and the journey (planned, departed, arrived) move on their own.
"""
