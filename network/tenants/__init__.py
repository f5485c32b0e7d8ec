"""Member organizations, who is acting for which of them, and the wall that the database keeps between them.

A *tenant* is a centre, a partner, or the network's headquarters. The *context* says who acts; the
*isolation* carries it, signed, into every transaction.
"""
