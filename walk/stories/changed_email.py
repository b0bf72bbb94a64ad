"""A new email address, which counts once its code was typed."""

from walk import user
from walk.curl import ApiAnswer
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN, CODE
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Move to another address and log in with it."""
    new = walk.new_email

    def change() -> ApiAnswer:
        body = {"email": new}
        return walk.call("Ask for a new address", "PUT /profile/email", body, bearer=ACCESS_TOKEN)

    walk.user.emails.insert(0, new)
    if change().json["code_delivery"] is None:
        walk.end_with(SkippedError("the pool sends no code to a new address"))
    walk.call("See which address counts until then", "GET /profile", bearer=ACCESS_TOKEN)
    walk.call(
        "Prove it by the code that came there",
        "POST /profile/{attribute}/verification/confirm",
        {"code": CODE},
        bearer=ACCESS_TOKEN,
        code_to=new,
        send_again=change,
        path={"attribute": "email"},
    )
    walk.user.email = new
    walk.call("See the new address", "GET /profile", bearer=ACCESS_TOKEN, shows={"email": new})
    user.log_in(walk, "Log in with it")


STORY = Story(
    "changed-email",
    "A new email address",
    tell,
    (
        "PUT /profile/email",
        "POST /profile/{attribute}/verification/confirm",
        "GET /profile",
        "POST /auth/login",
    ),
)
