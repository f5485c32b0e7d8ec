"""What a ``datapackage.json`` says of the files beside it: which table each holds, whatever it is called."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from network.directory.feeds.reading.archives import base_of, unpacked
from network.directory.feeds.reading.names import table_of

DESCRIPTION: Final = "datapackage.json"
_LARGEST: Final = 4 * 1024 * 1024
_MOST: Final = 500  # resources that are looked at


@dataclass
class Files:
    """``tables``: by path. ``inline``: rows that stand in the description itself. ``missing``: path by table."""

    tables: dict[str, str] = field(default_factory=dict)
    inline: dict[str, list[Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def table(self, path: str) -> str:
        """The table that a file holds; empty where nobody says."""
        return self.tables.get(path, "")


def is_description(path: str) -> bool:
    """Whether this file says something of the others."""
    return base_of(path) == DESCRIPTION


def described(archive: zipfile.ZipFile) -> Files:
    """What is said of the files of a zip. A path is looked for among them, and never followed."""
    files = Files()
    there = [info.filename.replace("\\", "/") for info in archive.infolist() if not info.is_dir()]
    for info in archive.infolist():
        if not is_description(info.filename.replace("\\", "/")) or info.file_size > _LARGEST:
            continue
        folder = posixpath.dirname(info.filename.replace("\\", "/"))
        for name, resource in _resources(unpacked(archive, info, _LARGEST)):
            if isinstance(resource.get("data"), list):
                files.inline[name] = resource["data"]
                continue
            paths = resource.get("path")
            for path in paths if isinstance(paths, list) else [paths]:
                if not isinstance(path, str):
                    continue
                if (found := _found(path, folder, there)) is None:
                    files.missing[name] = path
                else:
                    files.tables[found] = name
    return files


def _resources(data: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Those that name a table that we know."""
    try:
        document = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return
    resources = document.get("resources") if isinstance(document, Mapping) else None
    for one in (resources if isinstance(resources, list) else [])[:_MOST]:
        name = table_of(str(one.get("name") or "")) if isinstance(one, Mapping) else ""
        if name:
            yield name, one


def _found(path: str, folder: str, there: list[str]) -> str | None:
    """The file of the zip that a path means: where it says, or the only one of its name."""
    named = posixpath.normpath(posixpath.join(folder, path.replace("\\", "/")))
    if named in there:
        return named
    alike = [one for one in there if base_of(one) == base_of(path)]
    return alike[0] if len(alike) == 1 else None
