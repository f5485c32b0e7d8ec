"""What is known of the sources of listings: what each said last of every row, and what it no longer holds.

``remembered`` reads it, and the rows of the directory as they stand; ``remembering`` writes it while an import is
carried out; ``missing`` asks the steward of a listing that its source no longer holds.
"""
