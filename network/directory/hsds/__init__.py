"""HSDS 3.1 (Open Referral Human Services Data Specification): the directory as other systems read it.

``standard`` and ``profile`` say which fields there are; ``values`` what a value must look like; ``records`` reads
whole listings with a fixed number of queries; ``writing`` makes them objects of the standard; ``listing`` finds which
listings are meant; ``streaming`` tells them all; ``document`` describes the API; ``api`` is its door.
"""
