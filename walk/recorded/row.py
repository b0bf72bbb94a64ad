"""One recorded answer."""

from dataclasses import dataclass

from walk.recorded.expect import Expectation
from walk.recorded.scene import Call, Steps


@dataclass(frozen=True)
class Row:
    """A precondition, a request, and what Cognito answered.

    `unmet` says in one line why the local Cognito answers otherwise.
    """

    name: str
    given: Steps
    ask: Call
    answer: Expectation | tuple[Expectation, ...]
    unmet: str = ""
