"""Choosing among the ways to log in."""

from walk.challenges import finish
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Ask what there is, and take the password."""
    answer = walk.call(
        "What can I log in with?",
        "POST /auth/start",
        {"email": walk.user.email, "flow": "USER_AUTH"},
        status=(200, 202),
        may_refuse=("InvalidParameterException",),
    )
    if answer.json.get("challenge") != "SELECT_CHALLENGE":
        walk.end_with(SkippedError("the pool offers no choice"))
    finish(walk, answer)


STORY = Story("choice", "Choice", tell, ("POST /auth/start", "POST /auth/challenge"))
