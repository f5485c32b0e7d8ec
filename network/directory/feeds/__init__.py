"""Feeds: listings that come in from other systems and go out to them.

A listing comes in from room to room, and each room knows only those below it:

- ``reading`` opens a file of any form and takes it apart into **records** (``records``), each the row of one entity;
  ``mapping`` does so with a foreign file, by what somebody wrote down about it. A new form of file belongs there.
- ``values`` reads single values: a date, a number, a country, a name. A new way to write one belongs there.
- ``tidying`` makes rows of records, of any version of the standard, under the names of today: what cannot be used is
  **quarantined** and the row kept.
- ``comparing`` is the dry run: which row of the directory each is, what would become of it, and what the file no
  longer holds. Nothing is written but the plan.
- ``carrying`` carries the plan out, a piece at a time.
- ``sources`` keeps what each source said last, and asks after what it no longer holds.
- ``writing`` is the way out: listings as files, and their sending.

``entities`` says what each entity holds. ``operations`` starts and stops an import, ``standing`` holds it, ``expiry``
forgets it, ``queries`` and ``wording`` tell of it. The doors are ``pages``, ``api``, ``command`` and ``jobs``.
"""
