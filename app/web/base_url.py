"""The URL of this API, as the client of a request has it."""

from urllib.parse import urlsplit

from flask import request


def base_url() -> str | None:
    """Return scheme, host and the stage or base path, or None where the Host header names no host.

    Whoever sends a request chooses its Host: use this only in what goes back to the sender, or to
    somebody who checks it.
    """
    url = request.root_url.rstrip("/")
    try:
        parts = urlsplit(url)
        is_host = bool((parts.hostname or "").encode("idna")) and parts.port != 0
    except ValueError:
        is_host = False
    return url if request.host and is_host else None
