"""A centre's own record of its clients and of its work for them.

A *client* is the person; her *card* is what is recorded about her. A *case* is a period of work for her in
this centre, with its needs, notes, services and claims. Nothing here leaves the centre but through the
disclosure door of the consent floor. Beside the rooms: ``names`` (what makes two spellings one name),
``card`` (every field of a card and of a case, and the category of data it belongs to), ``envelopes`` (sealed
rows) and ``timeline`` (the kinds of event on a case).
"""
