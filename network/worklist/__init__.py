"""Home: what needs my action. Derived from the states of every floor below, never stored apart.

A *task* is one thing to do: what, for whom it waits (a reference, never a name), since when, and by when.
"""
