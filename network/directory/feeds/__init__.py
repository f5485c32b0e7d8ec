"""Feeds: listings that come in from other systems and go out to them.

Whatever comes in (HSDS JSON of any version, tables of a datapackage, a workbook, any foreign file with a mapping) is
read as **records** (``records``), each the row of one entity; ``reading`` opens files, ``nested`` takes objects apart,
``mapping`` translates what is foreign, and ``versions`` what is old. ``entities`` says what each entity holds;
``values`` reads single values; ``tidying`` makes rows of records: what cannot be used is **quarantined** and the row
kept. ``planning`` finds the row of the directory that each is (by ``referring`` and ``likeness``), and ``deciding``
what becomes of it. ``operations`` starts and stops an import, ``comparing`` plans it, ``carrying`` carries it out a
piece at a time, ``writing`` tells what is there.
"""
