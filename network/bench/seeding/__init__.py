"""Filling a throwaway database with an invented network of a given size, fast.

Tenants, staff and listings are made through the operations. Clients and cases come by the thousand: their
rows are composed here with the product's own envelopes and search keys, and inserted in bulk by the
application's role, behind row-level security. A test holds both kinds to be alike.
"""
