"""What is in a zip, read in memory within bounds on files, bytes and how far they grow."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from network.directory.feeds.records import Unreadable

LARGEST_FILE: Final = 25 * 1024 * 1024
LARGEST_UNPACKED: Final = 200 * 1024 * 1024
MOST_FILES: Final = 200
SHEETS: Final = "xl/workbook.xml"  # by which a zip is known to be a workbook
_DEEPEST: Final = 3
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


def base_of(path: str) -> str:
    """The name of a file, without its folder."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def is_workbook(data: bytes) -> bool:
    """Whether these are the bytes of an Excel file."""
    if data[:4] != b"PK\x03\x04":
        return False
    with opened(data) as archive:
        return SHEETS in archive.namelist()


def members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The path and the bytes of each file of a zip and of those in it, without what systems add of their own."""
    yield from _members(archive, "", _Left(), 1)


@dataclass
class _Left:
    """What may still be unpacked, of an archive and of those in it together."""

    size_bytes: int = LARGEST_UNPACKED
    files: int = MOST_FILES * 5

    def take(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        """The content of a file, if it is not too much by now."""
        self.files -= 1
        if self.files < 0:
            raise Unreadable("too_large")
        inner = unpacked(archive, info, self.size_bytes)
        self.size_bytes -= len(inner)
        return inner


def _members(archive: zipfile.ZipFile, above: str, left: _Left, depth: int) -> Iterator[tuple[str, bytes]]:
    for info in archive.infolist():
        path = above + info.filename.replace("\\", "/")
        if info.is_dir() or base_of(path).startswith(".") or "__MACOSX" in path:
            continue
        inner = left.take(archive, info)
        if depth < _DEEPEST and path.lower().endswith(".zip") and inner[:4] == b"PK\x03\x04":
            with opened(inner) as within:
                yield from _members(within, f"{path}/", left, depth + 1)
        else:
            yield path, inner
