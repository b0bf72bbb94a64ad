"""The URL of this API, as the client of a request wrote it."""

from urllib.parse import urlsplit

from flask import request


def base_url() -> str | None:
    """Return scheme, host and stage or base path; None if the Host header is not a host.

    Clients choose the Host of a request: use this only in answers to them, or where somebody else
    checks it.
    """
    url = request.root_url.rstrip("/")
    try:
        parts = urlsplit(url)
        is_host = bool((parts.hostname or "").encode("idna")) and parts.port != 0
    except ValueError:
        is_host = False
    return url if request.host and is_host else None
