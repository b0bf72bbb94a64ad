"""Devices that the pool remembers."""

from walk import user
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Have a new device remembered, log in with it and forget it."""
    # If the pool does not track devices, the API takes Cognito's error for wrong settings.
    walk.call(
        "See the devices",
        "GET /devices",
        bearer=ACCESS_TOKEN,
        may_refuse=("InvalidParameterException", "ServerMisconfigured"),
    )
    new = user.log_in(walk, "Log in on a new device").json.get("new_device_metadata")
    if not new:
        walk.end_with(SkippedError("the pool does not track devices"))
    device, asks = user.confirm_device(walk, new)
    path = {"key": device.key}
    if asks:
        walk.note("The pool asks users whether to remember a device.")
    walk.call(
        "Have it remembered",
        "PATCH /devices/{key}",
        {"status": "remembered"},
        bearer=ACCESS_TOKEN,
        path=path,
    )
    walk.call("See it", "GET /devices/{key}", bearer=ACCESS_TOKEN, path=path)
    try:
        user.log_in(walk, "Log in with it", device_key=device.key)
    finally:
        walk.call("Forget it", "DELETE /devices/{key}", bearer=ACCESS_TOKEN, path=path)
        walk.device = None
    user.log_in(walk, "Log in without it")


STORY = Story(
    "devices",
    "Devices",
    tell,
    (
        "GET /devices",
        "POST /auth/login",
        "POST /devices/{key}",
        "PATCH /devices/{key}",
        "GET /devices/{key}",
        "DELETE /devices/{key}",
    ),
)
