"""Tokens: refreshing them, and the two ways to log out."""

from contextlib import suppress

from walk import user
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN
from walk.walker import Walker

# Where the app client does not allow it.
REFUSED = ("InvalidParameterException",)


def tell(walk: Walker) -> None:
    """Refresh, log out here, log out everywhere, and log in once more."""
    new = user.log_in(walk).json.get("new_device_metadata")
    # Cognito refreshes a login on a device only for that device.
    device = {"device_key": user.confirm_device(walk, new)[0].key} if new else {}
    refresh = {"email": walk.user.email, **device}
    with suppress(SkippedError):
        _refresh(walk, refresh)
    with suppress(SkippedError):
        _log_out(walk, refresh)
    walk.call("Log out everywhere", "POST /auth/logout-everywhere", bearer=ACCESS_TOKEN)
    walk.user.logged_in = False
    walk.call("The access token is dead", "GET /profile", bearer=ACCESS_TOKEN, status=401)
    user.log_in(walk, "Log in once more")


def _refresh(walk: Walker, refresh: dict[str, str]) -> None:
    user.with_refresh_token(
        walk, "Refresh the tokens", "POST /auth/refresh", refresh, may_refuse=REFUSED
    )
    walk.call("See what the new one says", "GET /me", bearer=ACCESS_TOKEN)


def _log_out(walk: Walker, refresh: dict[str, str]) -> None:
    user.with_refresh_token(walk, "Log out", "POST /auth/logout", {})
    walk.user.logged_in = False
    user.with_refresh_token(
        walk,
        "The refresh token is dead",
        "POST /auth/refresh",
        refresh,
        status=401,
        may_refuse=REFUSED,
    )
    user.log_in(walk, "Log in again")


STORY = Story(
    "tokens",
    "Tokens and logging out",
    tell,
    (
        "POST /auth/login",
        "POST /auth/refresh",
        "GET /me",
        "POST /auth/logout",
        "POST /auth/logout-everywhere",
        "GET /profile",
    ),
)
