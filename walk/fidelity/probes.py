"""What a comparison asks beside the stories of `make walk`, to see more of a pool's settings."""

import random
import secrets
import string

from walk import user
from walk.challenges import finish
from walk.curl import Var
from walk.stories.story import Story
from walk.values import (
    ACCESS_TOKEN,
    OLD_REFRESH_COOKIE,
    OLD_REFRESH_TOKEN,
    PASSWORD,
    REFRESH_COOKIE,
    REFRESH_TOKEN,
)
from walk.walker import Walker

KINDS = {
    "a capital letter": string.ascii_uppercase,
    "a small letter": string.ascii_lowercase,
    "a digit": string.digits,
    "a symbol": "!#%+-=?",
}
LENGTHS = (7, 11, 15)
LONG = 40


def tell(walk: Walker) -> None:
    """Try what some pools refuse and others do not."""
    for length in LENGTHS:
        _try(walk, f"A password of {length} characters", length, set(KINDS))
    for kind in KINDS:
        _try(walk, f"A password without {kind}", LONG, KINDS.keys() - {kind})
    _change(walk, "A password of before", PASSWORD)
    shouted = {**user.credentials(walk), "email": walk.user.email.upper()}
    title = "Log in with the address in capitals"
    finish(walk, walk.call(title, "POST /auth/login", shouted, status=(200, 202, 401, 403)))
    _use_twice(walk)


def _use_twice(walk: Walker) -> None:
    """Use a refresh token a second time, which only rotation minds, and not at once."""
    new = user.log_in(walk).json.get("new_device_metadata")
    device = {"device_key": user.confirm_device(walk, new)[0].key} if new else {}
    for newest, old in ((REFRESH_TOKEN, OLD_REFRESH_TOKEN), (REFRESH_COOKIE, OLD_REFRESH_COOKIE)):
        if newest in walk.values:
            walk.values[old] = walk.values[newest]
    for title in ("Refresh", "Refresh with the same token again"):
        user.with_refresh_token(
            walk, title, "POST /auth/refresh", device, is_old=True, status=(200, 400, 401)
        )


def _try(walk: Walker, title: str, length: int, kinds: set[str]) -> None:
    """Change the password to a made up one of these kinds."""
    alphabets = [KINDS[kind] for kind in sorted(kinds)]
    letters = [secrets.choice(alphabets[n % len(alphabets)]) for n in range(length)]
    random.SystemRandom().shuffle(letters)
    name = Var(f"TRIED_{sum('TRIED' in known for known in walk.values)}")
    walk.values[name] = "".join(letters)
    _change(walk, title, name)


def _change(walk: Walker, title: str, password: Var) -> None:
    old = walk.user.passwords[0]
    walk.user.passwords.append(password)  # it may be the user's, if the answer is lost
    answer = walk.call(
        title,
        "POST /auth/change-password",
        {"previous_password": old, "new_password": password},
        bearer=ACCESS_TOKEN,
        status=(200, 400),
    )
    walk.user.passwords.remove(password)
    if answer.status == 200:
        walk.user.passwords.insert(0, password)


STORY = Story(
    "probes",
    "What the pool refuses",
    tell,
    ("POST /auth/change-password", "POST /auth/login", "POST /auth/refresh"),
)
