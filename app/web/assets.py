"""Files that browsers load: compressed once, and kept until their content changes."""

import gzip
import hashlib
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

from flask import Response, abort, request

CONTENT_TYPES = {  # `mimetypes` would depend on what the machine has registered
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"


class Assets:
    """The files of one page, in a folder whose name changes with the content of any of them.

    The folder is one for all files, so that modules can import each other by relative paths.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = {file.name: file for file in files}
        self._bodies = cache(self._read)

    @cached_property
    def version(self) -> str:
        """The name of the folder."""
        digests = (
            hashlib.sha256(name.encode() + b"\0" + self._files[name].read_bytes()).digest()
            for name in sorted(self._files)
        )
        return hashlib.sha256(b"".join(digests)).hexdigest()[:16]

    def response(self, version: str, name: str) -> Response:
        """Answer with a file, or with 404 for an unknown name or another version."""
        if version != self.version or name not in self._files:
            abort(404)
        plain, compressed = self._bodies(name)
        is_compressed = takes_gzip() and len(compressed) < len(plain)
        response = Response(
            compressed if is_compressed else plain,
            content_type=CONTENT_TYPES[self._files[name].suffix],
            headers={"Cache-Control": FOR_A_YEAR, "Vary": "Accept-Encoding"},
        )
        if is_compressed:
            response.content_encoding = "gzip"
        return response

    def _read(self, name: str) -> tuple[bytes, bytes]:
        plain = self._files[name].read_bytes()
        return plain, gzip.compress(plain, mtime=0)


def takes_gzip() -> bool:
    """Tell whether the client of this request accepts a body compressed by gzip."""
    return request.accept_encodings.quality("gzip") > 0
