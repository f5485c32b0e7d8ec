"""Listings of one steward that may be one: what their names, numbers, addresses and positions say together.

``names`` compares names in whatever spelling and script, ``reading`` fetches what is compared, ``pairing`` finds the
pairs. Nothing is decided here: a steward says which are one.
"""
