"""CUSTOM_AUTH: challenges that the pool's triggers define, create and verify.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html
"""

from local.cognito import challenges, invented, password_sign_in, triggers
from local.cognito.challenges import Attempt, required
from local.cognito.errors import INCORRECT, invalid_parameter, not_authorized
from local.cognito.records import Challenge, Pool
from local.cognito.server import Call, Json


def check_configured(pool: Pool, trigger: str = "DefineAuthChallenge") -> None:
    """Refuse a pool without this trigger, the first one unless another is named."""
    if not triggers.has(pool, trigger):
        raise invalid_parameter("Custom auth lambda trigger is not configured for the user pool.")


def begin(call: Call, attempt: Attempt, parameters: dict[str, str]) -> Json | None:
    """Begin the flow, with SRP where the client asks for it."""
    password_sign_in.check_state(attempt)
    attempt.custom = []
    if parameters.get("CHALLENGE_NAME") == "SRP_A":
        required(parameters, "SRP_A")
        note(attempt, "SRP_A")
    return next_step(call, attempt, parameters.get("SRP_A"))


def note(attempt: Attempt, passed: str) -> None:
    """Add a passed challenge to what DefineAuthChallenge is shown, in this flow."""
    if attempt.custom is not None:
        attempt.custom.append(_step(passed, True, ""))


def next_step(call: Call, attempt: Attempt, srp_a: str | None = None) -> Json | None:
    """Return the challenge that DefineAuthChallenge wants, or None where it issues tokens."""
    response = _run(
        call,
        attempt,
        "DefineAuthChallenge",
        {"session": attempt.custom},
        {"challengeName": None, "issueTokens": None, "failAuthentication": None},
    )
    if response.get("failAuthentication"):
        raise not_authorized(INCORRECT)
    if response.get("issueTokens"):
        return None
    wanted = response.get("challengeName")
    if wanted == "PASSWORD_VERIFIER" and srp_a:
        return password_sign_in.by_srp(call, attempt, srp_a, with_session=True)
    if wanted == "CUSTOM_CHALLENGE":
        return _create(call, attempt)
    raise triggers.unusable()


def answer(
    call: Call, challenge: Challenge, attempt: Attempt, responses: dict[str, str]
) -> Json | None:
    """Answer CUSTOM_CHALLENGE. The Session is spent whether the answer is right or wrong."""
    given = required(responses, "ANSWER")
    response = _run(
        call,
        attempt,
        "VerifyAuthChallengeResponse",
        {
            "privateChallengeParameters": challenge.state["private"],
            "challengeAnswer": given,
        },
        {"answerCorrect": None},
    )
    call.store.delete(challenge)
    assert attempt.custom is not None  # noqa: S101
    is_right = response.get("answerCorrect") is True
    attempt.custom.append(_step("CUSTOM_CHALLENGE", is_right, challenge.state["metadata"]))
    return next_step(call, attempt)


def _create(call: Call, attempt: Attempt) -> Json:
    response = _run(
        call,
        attempt,
        "CreateAuthChallenge",
        {"challengeName": "CUSTOM_CHALLENGE", "session": attempt.custom},
        {
            "publicChallengeParameters": None,
            "privateChallengeParameters": None,
            "challengeMetadata": None,
        },
    )
    public = triggers.texts(response, "publicChallengeParameters")
    private = triggers.texts(response, "privateChallengeParameters")
    metadata = response.get("challengeMetadata") or ""
    if not isinstance(metadata, str):
        raise triggers.unusable()
    name = attempt.username if attempt.user else invented.username(attempt.pool, attempt.username)
    return challenges.open(
        call,
        attempt,
        "CUSTOM_CHALLENGE",
        {"private": private, "metadata": metadata},
        {"USERNAME": name, **public},
    )


def _run(call: Call, attempt: Attempt, name: str, request: Json, response: Json) -> Json:
    check_configured(attempt.pool, name)
    user = attempt.user
    return triggers.run(
        call,
        attempt.pool,
        attempt.client,
        attempt.username,
        f"{name}_Authentication",
        {
            "userAttributes": triggers.user_attributes(user) if user else {},
            "clientMetadata": attempt.metadata,
            "userNotFound": user is None,
            **request,
        },
        response,
    )


def _step(name: str, result: bool, metadata: str) -> Json:
    return {"challengeName": name, "challengeResult": result, "challengeMetadata": metadata}
