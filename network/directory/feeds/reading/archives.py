"""What is in a zip, read in memory within bounds on files, bytes and how far they grow."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from typing import Final

from network.directory.feeds.records import Unreadable

LARGEST_FILE: Final = 25 * 1024 * 1024
LARGEST_UNPACKED: Final = 200 * 1024 * 1024
MOST_FILES: Final = 200
# What the standard library raises for an archive that is broken, locked, or packed in a way it does not know.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, OSError, RuntimeError, EOFError, ValueError,
)  # fmt: skip


def opened(data: bytes) -> zipfile.ZipFile:
    """A zip within bounds. Raises Unreadable."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("bad_zip") from None
    infos = archive.infolist()
    if len(infos) > MOST_FILES * 5 or sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise Unreadable("too_large")
    return archive


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: int) -> bytes:
    """The content, however large the archive says that it is."""
    if info.flag_bits & 1:
        raise Unreadable("locked_zip")
    try:
        with archive.open(info) as stream:
            inner = stream.read(budget + 1)
    except _BROKEN as error:
        raise Unreadable("bad_zip") from error
    if len(inner) > budget:
        raise Unreadable("too_large")
    return inner
