"""An export on its way to who asked: written into a file that has no name, and sent from there as it is read."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from typing import IO, Final, cast

from flask import Response, request

from network.audit.trail import record
from network.core.db import unit_of_work
from network.core.errors import NotFound
from network.directory.feeds import writing

_TEXT: Final = ("json", "ndjson")
_CHUNK_BYTES: Final = 64 * 1024


def exported(form: str, *, own: bool) -> Response:
    """The listings in a form, as a file to keep. Raises NotFound for a form that there is not."""
    if form not in writing.FORMS:
        raise NotFound
    packed = form in _TEXT and bool(request.accept_encodings["gzip"])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    try:
        with unit_of_work():
            if packed:
                with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=5) as inner:
                    writing.export(form, cast(IO[bytes], inner), own=own)
            else:
                writing.export(form, file, own=own)
            record("exported", "directory", None)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    media_type, ending = writing.FORMS[form]
    answer = Response(_read(file), mimetype=media_type)
    answer.call_on_close(file.close)
    answer.content_length = size
    answer.headers["Content-Disposition"] = f'attachment; filename="listings.{ending}"'
    if form in _TEXT:
        answer.vary.add("Accept-Encoding")
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
