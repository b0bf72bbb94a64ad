"""What of a text can be compared, and shown: its form, without ids, times, tokens and addresses."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# In this order: the earlier patterns contain what the later ones look for.
PATTERNS = [
    (re.compile(pattern), form)
    for pattern, form in (
        (r"eyJ[\w-]+\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*", "<JWE>"),
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]*", "<JWT>"),
        (r"arn:[\w:/.*+@-]+", "<ARN>"),
        (r"https?://issuer-cognito-idp\.[\w.-]+(:\d+)?", "<updated issuer>"),
        (r"https?://cognito-idp\.[\w.-]+(:\d+)?", "<issuer>"),
        (r"\w*\*{3,}@\w*\*{3,}(\.\w+)?", "<masked address>"),
        (r"\+?\*{4,}\d{2,4}", "<masked number>"),
        (r"[\w.+'$=-]+(?:@|%40)[\w-]+(\.[\w-]+)+", "<email>"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.]*(Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT", "<time>"),
        (r"\b(tkn|sso)[a-z0-9]{25}\b", "<session id>"),
        (
            r"[a-z]{2}(-[a-z]+)+-\d_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "<device key>",
        ),
        (r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "<UUID>"),
        (r"\b[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+", "<pool>"),
        (r"https?://[^\s\"'<>,;/?#]+", "<host>"),
        (r"\b\d{1,3}(\.\d{1,3}){3}\b", "<IP address>"),
        (r"(?<![\w:])([0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])", "<IP address>"),
        (
            r"(?<![\w.-])(?!aws\.cognito\.)([a-z0-9-]+\.)+[a-z]{2,}\b(?!\.\w)|\blocalhost\b",
            "<host>",
        ),
        (r"(?<![\w<])\+\d{7,15}\b", "<number>"),
        (r"\b[a-z]{2}(-[a-z]+)+-\d\b", "<region>"),
        # Anything else that is long and no word: tokens, keys, ids, codes.
        (r"(?<![\w<])(?=[\w+/=.~-]*\d)(?=[\w+/=.~-]*[A-Za-z])[\w+/=.~-]{16,}", "<opaque>"),
        (r"(?<![\w<])[A-Za-z0-9+/=_-]{33,}", "<opaque>"),
        (r"\b\d{5,}\b", "<digits>"),
    )
]


def of_text(text: str, known: Iterable[tuple[str, str]]) -> str:
    """Return the text with everything that is one pool's or one run's own replaced by its form.

    `known` are texts of which the walk knows what they are, the longest first.
    """
    for value, form in known:
        text = text.replace(value, form)
    for pattern, form in PATTERNS:
        text = pattern.sub(form, text)
    return text


def of_url(url: str, known: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the parts of an address by their names, in their forms."""
    parts = urlsplit(url)
    known = list(known)
    path = [of_text(part, known) for part in parts.path.split("/")]
    place = of_text(f"{parts.scheme}://{parts.netloc}", known) + "/".join(path)
    query = {
        f"parameter {of_text(name, known)}": _parameter(name, value, known)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    }
    return {"": place, **query}


def of_value(value: Any, known: Iterable[tuple[str, str]]) -> str:
    """Return the form of a member's value, which has no members itself."""
    if isinstance(value, str):
        looks_otherwise = re.fullmatch(r"[\d.]{1,4}|true|false|null", value)
        return json.dumps(value) if looks_otherwise else of_text(value, known)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return "<time>" if value > 1_000_000_000 else json.dumps(value)
    return f"<{type(value).__name__}>"


def _parameter(name: str, value: str, known: Iterable[tuple[str, str]]) -> str:
    if name in ("client_id", "code", "code_challenge", "nonce", "state"):
        return "<opaque>"
    return of_text(value, known)
