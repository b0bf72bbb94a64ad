"""Match origins against CORS_ORIGINS, and URLs against RETURN_URLS.

An entry that ends in `:*` stands for any port of a loopback host. It is for development: a program
that listens on such a port runs on the user's machine.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

# What the end of a login adds to a return URL: RFC 6749, sections 4.1.2 and 4.1.2.1.
ADDED = frozenset({"code", "state", "error", "error_description"})


class Origins:
    """The origins of CORS_ORIGINS, whose pages may call this API."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._exact = frozenset(entry for entry in entries if not entry.endswith(":*"))
        self._any_port = re.compile(_on_any_port(entries))

    def __contains__(self, origin: str) -> bool:
        return origin in self._exact or bool(self._any_port.fullmatch(origin))


def origin_of(url: str) -> str:
    """Return the origin of a URL as browsers write it (RFC 6454, section 6.2)."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, default) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class ReturnUrls:
    """The URLs of RETURN_URLS, to which browsers may be redirected.

    An entry is one URL, matched exactly (RFC 9700, section 2.1), or an origin and `/*` for all its
    URLs.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._exact = frozenset(entry for entry in entries if not entry.endswith("*"))
        self._below = tuple(e.removesuffix("*") for e in entries if e.endswith("/*"))
        self._any_port = re.compile(rf"(?:{_on_any_port(entries)})(?:[/?]|$)")

    def problem(self, url: str) -> str | None:
        """Return why a browser may not be redirected to this URL; None if it may."""
        try:
            parts = urlsplit(url)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_url = False
        # Browsers read a backslash as a slash, so what follows it could become the host.
        if not is_url or "@" in parts.netloc or "\\" in url:
            return "must be an absolute URL without user information"
        if "#" in url:
            return "must not have a fragment"
        if not ADDED.isdisjoint(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
            return "must not have code, state or error in its query"
        if url in self._exact or url.startswith(self._below) or self._any_port.match(url):
            return None
        return "is not one of this server's RETURN_URLS"


def _on_any_port(entries: Iterable[str]) -> str:
    """Return a pattern of the origins that the entries with `:*` stand for."""
    hosts = [re.escape(entry.removesuffix(":*")) for entry in entries if entry.endswith(":*")]
    if not hosts:
        return r"(?!)"  # matches nothing
    return rf"(?:{'|'.join(hosts)})(?::[1-9][0-9]{{0,4}})?"
