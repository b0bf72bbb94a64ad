"""Strict readers for JSON and base64url: they refuse text that two parsers could read differently.

Bodies, tokens, key sets and Cognito's answers are all read here, so that no two parts of the
program disagree about what a text means (RFC 8725 section 3.7, RFC 7515 section 2).
"""

import binascii
import json
import math
from typing import Any

MAX_DEPTH = 32

_SPACE = " \t\n\r"  # RFC 8259, section 2


def json_object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object; raise ValueError for anything that two parsers could read differently.

    Refused: bytes that are not UTF-8, a byte order mark, NaN and Infinity, numbers too large for
    a double, a member named twice, lone surrogates, nesting deeper than MAX_DEPTH, and any value
    that is not an object.
    """
    text = raw.decode("utf-8").strip(_SPACE)
    try:
        value, end = _DECODER.raw_decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if end != len(text) or not isinstance(value, dict):
        raise ValueError("not one JSON object")
    # The depth is at most the number of brackets, which is quicker to count.
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()  # UnicodeEncodeError is a ValueError
    return value


def base64url(segment: str) -> bytes:
    """Decode unpadded base64url; raise ValueError for text that no encoder writes."""
    standard = segment.encode().translate(_STANDARD) + b"=" * (-len(segment) % 4)
    decoded = binascii.a2b_base64(standard, strict_mode=True)
    # strict_mode ignores bits after the last whole byte, so the last group is encoded again.
    rest = len(decoded) % 3
    if rest and binascii.b2a_base64(decoded[-rest:], newline=False) != standard[-4:]:
        raise ValueError("not canonical base64url")
    return decoded


# Maps - and _ to standard base64, and +, / and = to !, which a2b_base64 refuses.
_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > 300:  # an integer of 309 digits can be too large for a double
        _number(text)
    return int(text)


def _constant(name: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        depth += 1
        level = [
            child for item in level for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_float=_number,
    parse_int=_integer,
    parse_constant=_constant,
)
