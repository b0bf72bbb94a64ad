"""The stories of `make walk`: one file for each subject of the API."""

from walk.stories import (
    attributes,
    changed_email,
    choice,
    codes,
    custom_challenge,
    deletion,
    devices,
    feedback,
    hosted_login,
    passkeys,
    passwords,
    second_factors,
    service,
    sessions,
    sign_up,
    srp,
    text_messages,
    tokens,
)
from walk.stories.story import Story

# Their order matters: a story begins with the user as the previous one left it.
STORIES: dict[str, Story] = {
    story.name: story
    for story in (
        service.STORY,
        sign_up.STORY,
        passwords.STORY,
        attributes.STORY,
        codes.STORY,
        text_messages.STORY,
        choice.STORY,
        srp.STORY,
        custom_challenge.STORY,
        passkeys.STORY,
        second_factors.STORY,
        devices.STORY,
        sessions.STORY,
        tokens.STORY,
        feedback.STORY,
        changed_email.STORY,
        hosted_login.STORY,
        deletion.STORY,
    )
}
