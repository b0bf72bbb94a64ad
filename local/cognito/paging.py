"""Long lists in pages: an opaque token says where the next one begins."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from local.cognito.errors import invalid_parameter

T = TypeVar("T")
PREFIX = b"from:"


def page(items: Sequence[T], limit: int, token: str | None) -> tuple[Sequence[T], str | None]:
    """Return at most `limit` items from where the token points, and the next page's token."""
    start = 0 if token is None else _start(token)
    end = start + limit
    more = base64.b64encode(PREFIX + str(end).encode()).decode() if end < len(items) else None
    return items[start:end], more


def _start(token: str) -> int:
    try:
        text = base64.b64decode(token.encode(), validate=True)
        if not text.startswith(PREFIX):
            raise ValueError("not a token of ours")
        return max(0, int(text.removeprefix(PREFIX)[:9]))
    except (ValueError, binascii.Error):
        raise invalid_parameter("Paging marker is invalid.") from None
