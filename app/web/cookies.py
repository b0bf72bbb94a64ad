"""Read cookies as browsers write them."""

from flask import request


def read(name: str) -> str:
    """Return the value of a cookie, else "".

    Browsers join the pairs by "; " as they were set (RFC 6265, section 5.4); quotes mean nothing to
    them. Werkzeug reads quotes, so one in a cookie of another host of the site would hide ours.
    """
    header = request.headers.get("Cookie", "")
    pairs = (pair.strip(" ").partition("=") for pair in header.split(";"))
    return next((value for key, _, value in pairs if key == name), "")
