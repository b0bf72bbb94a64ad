"""The cookies of a request, as browsers send them."""

from flask import request


def read(name: str) -> str:
    """Return the value of a cookie, else "".

    Browsers join the pairs by "; " as they were set (RFC 6265, section 5.4), and know no quotes.
    Werkzeug does: a quote in one cookie, set by another host of the same site, would hide ours.
    """
    header = request.headers.get("Cookie", "")
    pairs = (pair.strip(" ").partition("=") for pair in header.split(";"))
    return next((value for key, _, value in pairs if key == name), "")
