"""The profile: reading, changing and deleting attributes, and proving the address."""

from contextlib import suppress

from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, CODE
from walk.walker import Walker

CHANGES = {
    "name": "Walker",
    "given_name": "Ada",
    "family_name": "Walker",
    "address": "1 Main Street, Seattle",
    "custom:role": "walker",
}


def tell(walk: Walker) -> None:
    """Change what may be changed."""
    walk.call("See the profile", "GET /profile", bearer=ACCESS_TOKEN)
    walk.call("Change the name", "POST /profile", {"name": "Ada"}, bearer=ACCESS_TOKEN)
    walk.call("See the change", "GET /profile", bearer=ACCESS_TOKEN, shows={"name": "Ada"})
    with suppress(SkippedError):
        walk.call(
            "Delete the name",
            "DELETE /profile/{attribute}",
            bearer=ACCESS_TOKEN,
            path={"attribute": "name"},
        )
    with suppress(SkippedError):
        _verify(walk)
    answer = walk.call(
        "Change all that the API writes",
        "POST /profile",
        {**CHANGES, "nickname": "ignored"},
        bearer=ACCESS_TOKEN,
        may_refuse=("InvalidParameterException", "NotAuthorizedException"),
    )
    # WRITABLE_ATTRIBUTES may be others than the default ones.
    updated = {name: CHANGES[name] for name in answer.json["updated"]}
    walk.call("See the changes", "GET /profile", bearer=ACCESS_TOKEN, shows=updated)


def _verify(walk: Walker) -> None:
    def send() -> None:
        walk.call(
            "Have a code sent to the address",
            "POST /profile/{attribute}/verification",
            bearer=ACCESS_TOKEN,
            path={"attribute": "email"},
        )

    send()
    walk.call(
        "Prove the address by the code",
        "POST /profile/{attribute}/verification/confirm",
        {"code": CODE},
        bearer=ACCESS_TOKEN,
        code_to=walk.user.email,
        send_again=send,
        path={"attribute": "email"},
    )


STORY = Story(
    "attributes",
    "Attributes",
    tell,
    (
        "GET /profile",
        "POST /profile",
        "DELETE /profile/{attribute}",
        "POST /profile/{attribute}/verification",
        "POST /profile/{attribute}/verification/confirm",
    ),
)
