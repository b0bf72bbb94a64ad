"""A Google login in one browser: what its cookie binds, for how long, and how often."""

import base64
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.cognito.oauth_state import MAX_AGE_SECONDS, REMEMBERED, Logins
from app.errors import InvalidState

KEYS = ["the new key", "the old key", "the oldest key"]


def resumes(logins: Logins, cookie: str, state: str) -> bool:
    try:
        logins.resume(cookie, state)
    except InvalidState:
        return False
    return True


def test_login_is_resumed_as_it_was_started() -> None:
    logins = Logins(KEYS)
    login = logins.start(None)

    assert logins.resume(login.cookie, login.state) == login


def test_logins_have_nothing_in_common() -> None:
    values = [value for _ in range(100) for value in Logins(KEYS).start(None) if value]

    assert len(set(values)) == 100 * len({"cookie", "state", "nonce", "code_verifier"})


def test_values_are_as_long_as_oauth_wants_them() -> None:
    """RFC 7636, section 4.1 for the verifier; 256 bits for the others too."""
    login = Logins(KEYS).start(None)

    seed = login.cookie.partition(".")[0]
    for value in (seed, login.code_verifier, login.state, login.nonce):
        assert re.fullmatch(r"[\w-]{43}", value, re.ASCII)
    digest = hashlib.sha256(login.code_verifier.encode()).digest()
    assert login.code_challenge == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_cookie_alone_gives_no_other_value_away() -> None:
    """The cookie, decoded too, contains none of the values that are derived from it."""
    login = Logins(KEYS).start(None)
    parts = login.cookie.split(".")
    text = login.cookie + str([base64.urlsafe_b64decode(part + "===") for part in parts])

    for value in (login.code_verifier, login.code_challenge, login.state, login.nonce):
        assert value not in text
    unkeyed = {hashlib.sha256(part.encode()).digest() for part in (*parts, login.cookie)}
    assert base64.urlsafe_b64decode(login.state + "=") not in unkeyed


@pytest.mark.parametrize(
    ("seconds", "good"), [(0, True), (599, True), (600, True), (601, False), (-1, False)]
)
def test_login_lasts_ten_minutes(seconds: int, good: bool) -> None:
    now = 1_800_000_000
    login = Logins(KEYS, clock=lambda: now).start(None)

    assert resumes(Logins(KEYS, clock=lambda: now + seconds), *login[:2]) == good
    assert MAX_AGE_SECONDS == 600


def test_login_is_resumed_once() -> None:
    logins = Logins(KEYS)
    login = logins.start(None)

    assert [resumes(logins, login.cookie, login.state) for _ in range(3)] == [True, False, False]


def test_the_oldest_of_ten_thousand_is_forgotten() -> None:
    """What was completed is remembered in bounded memory; ten minutes make the oldest worthless."""
    logins = Logins(KEYS)
    done = [logins.start(None) for _ in range(REMEMBERED + 1)]
    for login in done:
        logins.resume(login.cookie, login.state)

    assert [resumes(logins, *done[number][:2]) for number in (-1, 1, 0)] == [False, False, True]
    assert REMEMBERED == 10_000


def test_login_is_resumed_once_by_many_at_once() -> None:
    logins = Logins(KEYS)
    started = [logins.start(None) for _ in range(50)]
    with ThreadPoolExecutor(16) as browsers:
        outcomes = list(
            browsers.map(lambda login: resumes(logins, login.cookie, login.state), started * 8)
        )

    assert sum(outcomes) == 50


def test_wrong_state_does_not_use_the_login_up() -> None:
    logins = Logins(KEYS)
    login = logins.start(None)

    assert not resumes(logins, login.cookie, logins.start(None).state)
    assert resumes(logins, login.cookie, login.state)


@pytest.mark.parametrize(
    ("started_with", "resumed_with", "good"),
    [
        (KEYS[1:], KEYS, True),
        (KEYS[2:], KEYS, True),
        (KEYS[:1], KEYS[:1], True),
        (KEYS[1:], KEYS[:1], False),
        (KEYS[:1], KEYS[1:], False),
        (["the new key "], KEYS, False),
    ],
    ids=["old key", "oldest key", "same key", "dropped key", "future key", "similar key"],
)
def test_key_that_signed_must_still_be_accepted(
    started_with: list[str], resumed_with: list[str], good: bool
) -> None:
    login = Logins(started_with).start(None)

    assert resumes(Logins(resumed_with), login.cookie, login.state) == good


def test_first_key_signs() -> None:
    login = Logins(KEYS).start(None)

    assert resumes(Logins(KEYS[:1]), login.cookie, login.state)
    assert not resumes(Logins(KEYS[1:]), login.cookie, login.state)


CHANGES = {
    "none": lambda cookie: "",
    "another": lambda cookie: "x",
    "dots": lambda cookie: "..",
    "beyond ASCII": lambda cookie: "é\ufffd🔑",
    "long": lambda cookie: "x" * 100_000,
    "cut": lambda cookie: cookie[:-1],
    "another seed": lambda cookie: "A" + cookie,
    "no signature": lambda cookie: cookie.rpartition(".")[0],
    "another time": lambda cookie: cookie.replace(".", ".A", 1),
    "no time": lambda cookie: f"{cookie.split('.')[0]}..{cookie.split('.')[2]}",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_cookie_names_no_login(change: Callable[[str], str]) -> None:
    logins = Logins(KEYS)
    login = logins.start(None)

    assert not resumes(logins, change(login.cookie), login.state)


@pytest.mark.parametrize("state", ["", "x", "é", "x" * 100_000, "\x00"])
def test_state_of_any_kind_names_no_login(state: str) -> None:
    logins = Logins(KEYS)

    assert not resumes(logins, logins.start(None).cookie, state)
