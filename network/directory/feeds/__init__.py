"""Feeds: listings that come in from other systems and go out to them.

Whatever comes in (HSDS JSON of any version, tables of a datapackage, a workbook, any foreign file with a mapping) is
read as **records** (``records``), each the row of one entity; ``reading`` opens files, ``nested`` takes objects apart,
``mapping`` translates what is foreign. ``entities`` says what each entity holds; ``values`` reads single values;
``tidying`` makes rows of records: what cannot be used is **quarantined** and the row kept. ``deciding`` compares rows
with the directory, ``operations`` plans and carries out, ``writing`` tells what is there.
"""
