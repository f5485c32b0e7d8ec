"""Compiles the translations that changed, network/translations/<language>/LC_MESSAGES/messages.po to .mo."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent.parent / "network" / "translations"


def is_current(source: Path, target: Path) -> bool:
    """Whether `target` was made from this state of `source`."""
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


def compile_one(source: Path, target: Path) -> None:
    """Write `target` whole or not at all."""
    with source.open("rb") as text:
        catalog = read_po(text, locale=source.parent.parent.name)
    descriptor, making = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "wb") as binary:
        write_mo(binary, catalog)
    Path(making).chmod(0o644)
    Path(making).replace(target)


if __name__ == "__main__":
    for source in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not is_current(source, target):
            compile_one(source, target)
