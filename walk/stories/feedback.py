"""Saying whether a login that threat protection reported was the user's."""

import re

from walk.outcomes import SkippedError
from walk.stories.story import Story
from walk.values import FEEDBACK_TOKEN
from walk.walker import Walker

EVENT = re.compile(r"EventId: (\S+)\s+FeedbackToken: (\S+)")
NO_EVENT = "00000000-0000-0000-0000-000000000000"
MAIL_SECONDS = 0.5  # the mail was sent before the login's answer


def tell(walk: Walker) -> None:
    """Confirm that a login was the user's, or see feedback on a made-up login refused."""
    event = walk.codes.search(walk.user.email, EVENT, MAIL_SECONDS)
    walk.values[FEEDBACK_TOKEN] = event[2] if event else "made.up"
    answer = walk.call(
        "It was me",
        "POST /auth/event-feedback",
        {
            "username": walk.user.sub or walk.user.email,
            "event_id": event[1] if event else NO_EVENT,
            "feedback_token": FEEDBACK_TOKEN,
            "feedback": "Valid",
        },
        status=200 if event else (400, 404, 401),
    )
    if not event:
        walk.end_with(
            SkippedError(f"no mail tells of an event; {answer.error}: {answer.json['message']}")
        )


STORY = Story("feedback", "Feedback on a login", tell, ("POST /auth/event-feedback",))
