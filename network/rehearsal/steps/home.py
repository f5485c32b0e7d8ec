"""Mother and child go home over the corridor."""

from __future__ import annotations

from network.rehearsal.story import script

SCRIPT = script()
