"""A challenge of the pool's own: the riddle of local/triggers.py."""

from walk.challenges import finish, respond
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Solve the riddle at the second attempt."""
    answer = walk.call(
        "Ask for the riddle",
        "POST /auth/start",
        {"email": walk.user.email, "flow": "CUSTOM_AUTH"},
        status=(200, 202),
        may_refuse=(
            "InvalidParameterException",
            "NotAuthorizedException",
            "InvalidUserPoolConfigurationException",
            "UpstreamError",
            "ServerMisconfigured",
        ),
    )
    if "riddle" not in answer.json.get("parameters", {}):
        walk.end_with(SkippedError("the pool does not ask the riddle of local/triggers.py"))
    again = respond(walk, answer, "A wrong answer", answer="a door", status=202)
    finish(walk, respond(walk, again, "The right answer", answer="a piano"))


STORY = Story(
    "custom-challenge", "Custom challenge", tell, ("POST /auth/start", "POST /auth/challenge")
)
