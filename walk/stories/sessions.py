"""The user's sessions: seeing them, and ending one from another."""

from walk import user
from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import ACCESS_TOKEN
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """End the session of another login."""
    walk.call("See the sessions", "GET /sessions", bearer=ACCESS_TOKEN)
    user.log_in(walk, "Log in elsewhere")
    listed = walk.call("See both", "GET /sessions", bearer=ACCESS_TOKEN).json["sessions"]
    others = [session for session in listed if not session.get("is_current_session")]
    if not others:
        walk.end_with(SkippedError("the pool lists no session"))
    walk.call(
        "End another",
        "DELETE /sessions/{id}",
        bearer=ACCESS_TOKEN,
        path={"id": others[0]["session_id"]},
    )


STORY = Story(
    "sessions",
    "Sessions",
    tell,
    ("GET /sessions", "POST /auth/login", "DELETE /sessions/{id}"),
)
