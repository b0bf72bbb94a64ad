"""The API itself: is it there, is it ready, does it keep strangers out?"""

from walk.outcomes import FailedError, GaveUpError, SkippedError
from walk.stories.story import Story
from walk.walker import Walker


def tell(walk: Walker) -> None:
    """Look at the API from outside."""
    try:
        walk.call("No token, no entry", "GET /me", status=401, error="InvalidToken")
    except FailedError as reason:
        raise GaveUpError(f"{reason}: this is another server") from reason
    walk.call("The signing keys are there", "GET /health/ready", shows={"status": "ready"})
    answer = walk.call("It is alive", "GET /health")
    if "settings_complete" not in answer.json:  # as the API Gateway of the local AWS
        walk.end_with(SkippedError("something in front of the API answers this by itself"))


STORY = Story(
    "service",
    "The service",
    tell,
    ("GET /me", "GET /health/ready", "GET /health"),
    needs_user=False,
)
