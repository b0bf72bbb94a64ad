"""Custom challenges: three tries at a riddle, for which the endpoint needs its triggers."""

from walk.recorded.expect import (
    SESSION,
    denied,
    holds,
    includes,
    tokens,
)
from walk.recorded.given import (
    answer_challenge,
    client,
    confirmed,
    pool,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import WRONG
from walk.recorded.scene import Call, call

RIDDLES = (
    pool(
        PoolName="riddles",
        LambdaConfig={
            trigger: f"arn:aws:lambda:us-east-1:123456789012:function:{trigger}"
            for trigger in (
                "DefineAuthChallenge",
                "CreateAuthChallenge",
                "VerifyAuthChallengeResponse",
            )
        },
    ),
    client("custom", ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
    confirmed(),
    call(
        "InitiateAuth",
        {
            "ClientId": "$custom",
            "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": {"USERNAME": "$user"},
        },
        keep={"session": "Session"},
    ),
    lambda scene: scene.names.update(first_session=scene["session"]),
)


def guess(answer: str, session: str = "$session") -> Call:
    """Answer CUSTOM_CHALLENGE."""
    return answer_challenge("CUSTOM_CHALLENGE", "custom", session, USERNAME="$user", ANSWER=answer)


ROWS = (
    Row("aws-amplify/amplify-js#5834 right answer", RIDDLES, guess("piano"), tokens()),
    Row(
        "aws-amplify/amplify-js#5834 wrong answer",
        RIDDLES,
        guess("wrong"),
        (
            includes({"ChallengeName": "CUSTOM_CHALLENGE", "Session": SESSION}),
            holds("the Session is new", lambda scene: scene["session"] != scene["first_session"]),
        ),
    ),
    Row(
        "aws-amplify/amplify-js#5834 session of the wrong answer",
        (RIDDLES, guess("wrong")),
        guess("piano", "$first_session"),
        denied("Invalid session for the user."),
    ),
    Row(
        "aws-amplify/amplify-js#5834 authentication failed",
        (RIDDLES, guess("wrong"), guess("wrong")),
        guess("wrong"),
        WRONG,
    ),
)
