"""Filling a throwaway database with an invented network of a given size, fast.

Tenants, staff and listings are made through the operations. Clients, cases and referrals come by the thousand:
their rows are composed here with the product's own envelopes, search keys and clocks, and copied in bulk by the
administrator. A test holds both kinds to be alike.
"""
