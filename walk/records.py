"""What the walk keeps: its steps with their answers, its user, and the user's device."""

from dataclasses import dataclass, field

from walk import values
from walk.curl import ApiAnswer, Var

CLEANING_UP = "Cleaning up"  # what the steps after all stories are listed under


@dataclass
class Step:
    """A step that was taken; `answer` is its last one, None if none came."""

    story: str
    title: str
    request: str
    outcome: str = "failed"
    note: str = "interrupted"
    answer: ApiAnswer | None = None
    wanted: tuple[int, ...] = ()
    is_aside: bool = False  # taken or not as the clock had it: no part of a comparison


@dataclass(frozen=True)
class Device:
    """A device that the pool tracks, with the password that it made for itself."""

    key: str
    group_key: str
    password: str


@dataclass
class User:
    """What is known of the walk's user."""

    email: str
    may_exist: bool = False
    signed_up: bool = False
    confirmed: bool = False
    logged_in: bool = False  # whether the newest access token should still be good
    delete_sent: bool = False
    sub: str = ""
    pool_id: str = ""
    # The variables of the passwords that may be the user's, the newest first.
    passwords: list[Var] = field(default_factory=lambda: [values.PASSWORD])
    emails: list[str] = field(default_factory=list)
    app_steps: list[int] = field(default_factory=list)  # of the authenticator app: codes used up
