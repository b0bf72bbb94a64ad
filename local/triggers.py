"""The triggers of the local Cognito, as an example: a riddle to sign in with.

A function has the name of its trigger and takes the event that AWS would send to a Lambda function;
it returns the event with `response` filled in. The others that may be here: `pre_sign_up`,
`pre_token_generation`, `user_migration`.
https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
"""

from typing import Any

Event = dict[str, Any]

TRIES = 3


def define_auth_challenge(event: Event) -> Event:
    """Ask until the answer is right, three times at most; after the password if SRP_A was sent."""
    steps = event["request"]["session"]
    names = [step["challengeName"] for step in steps]
    solved = names[-1:] == ["CUSTOM_CHALLENGE"] and steps[-1]["challengeResult"]
    event["response"] = {
        "issueTokens": solved and not event["request"]["userNotFound"],
        "failAuthentication": not solved and names.count("CUSTOM_CHALLENGE") >= TRIES,
        "challengeName": "PASSWORD_VERIFIER" if names == ["SRP_A"] else "CUSTOM_CHALLENGE",
    }
    return event


def create_auth_challenge(event: Event) -> Event:
    """Put the riddle; the answer stays with the server."""
    event["response"] = {
        "publicChallengeParameters": {"riddle": "What has keys and opens no door?"},
        "privateChallengeParameters": {"answer": "piano"},
        "challengeMetadata": "RIDDLE",
    }
    return event


def verify_auth_challenge_response(event: Event) -> Event:
    """Compare the answer with the one of the riddle."""
    expected = event["request"]["privateChallengeParameters"]["answer"]
    given = event["request"]["challengeAnswer"].strip().lower()
    event["response"] = {"answerCorrect": given.removeprefix("a ") == expected}
    return event
