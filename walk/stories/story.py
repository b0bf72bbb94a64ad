"""What a story is."""

from collections.abc import Callable
from dataclasses import dataclass

from walk.walker import Walker


@dataclass(frozen=True)
class Story:
    """One subject: the operations that it takes, and how it is told.

    `name` is the word for ONLY. A story that `needs_user` begins with somebody who is logged in.
    """

    name: str
    title: str
    tell: Callable[[Walker], None]
    takes: tuple[str, ...]
    needs_user: bool = True
