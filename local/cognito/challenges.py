"""A sign-in on its way: who tries, and the challenges that wait for their answers.

A handler of an answer takes (call, challenge, attempt, responses) and returns the next challenge
from `open`, or None when the challenge is passed: `stages.proceed` knows what comes then. It raises
Refused for a wrong answer, after which the same Session may be tried again.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from local.cognito import keys
from local.cognito.errors import invalid_parameter, not_authorized
from local.cognito.records import Challenge, Client, Pool, User
from local.cognito.server import Call, Json

DEFAULT_MINUTES = 3  # AuthSessionValidity
# What waits behind the Sessions of a sign-up: SignUp's, which ConfirmSignUp takes, and
# ConfirmSignUp's, which is good for one InitiateAuth without a further factor.
SIGN_UP = "SIGN_UP"
FIRST_SIGN_IN = "FIRST_SIGN_IN"


@dataclass
class Attempt:
    """One sign-in, from InitiateAuth to the tokens."""

    pool: Pool
    client: Client
    user: User | None  # None where nobody has the name and the client hides that
    username: str  # the canonical one, or what was typed where nobody has that name
    metadata: Json = field(default_factory=dict)  # ClientMetadata of RespondToAuthChallenge
    device_key: str | None = None  # DEVICE_KEY, as the client sent it last
    # The challenge that stood for the first factor (PASSWORD, PASSWORD_VERIFIER, EMAIL_OTP,
    # WEB_AUTHN, …); empty until it is passed.
    first_factor: str = ""
    source: str = "TokenGeneration_Authentication"  # for the pre token generation trigger
    hosted: bool = False  # on the hosted UI's page, which gives out a code in place of tokens
    # CUSTOM_AUTH: the steps so far, which DefineAuthChallenge is shown as `session`.
    custom: list[Json] | None = None


Handler = Callable[[Call, Challenge, Attempt, dict[str, str]], Json | None]


def open(
    call: Call,
    attempt: Attempt,
    name: str,
    state: Json,
    parameters: dict[str, str],
    *,
    available: list[str] | None = None,
    handle: str | None = None,
) -> Json:
    """Begin a challenge and return the answer that names it.

    `state` is kept for the handler. `available` is the answer's AvailableChallenges. A `handle`
    stands for the Session, which the answer then lacks: the SECRET_BLOCK of USER_SRP_AUTH.
    """
    kept = {
        "device_key": attempt.device_key,
        "first_factor": attempt.first_factor,
        "source": attempt.source,
        "hosted": attempt.hosted,
        "custom": attempt.custom,
    }
    session = handle or "AYABe" + keys.encoded(secrets.token_bytes(600))  # about as long as AWS's
    minutes = attempt.client.settings.get("AuthSessionValidity", DEFAULT_MINUTES)
    call.store.save(
        Challenge(
            id=_id(session),
            pool_id=attempt.pool.id,
            client_id=attempt.client.id,
            username=attempt.username,
            name=name,
            expires=call.now() + minutes * 60,
            sub=attempt.user.sub if attempt.user else None,
            state={**state, "attempt": kept},
        )
    )
    answer: Json = {"ChallengeName": name, "ChallengeParameters": parameters}
    if handle is None:
        answer["Session"] = session
    if available is not None:
        answer["AvailableChallenges"] = available
    return answer


def find(call: Call, client: Client | None, name: str, handle: str) -> Challenge:
    """Return the challenge of this name that waits under a Session or SECRET_BLOCK, or refuse.

    `client` is None for the operations that take a Session and name no app client.
    """
    challenge = call.store.get(Challenge, _id(handle))
    if challenge is None or challenge.name != name:
        raise not_authorized("Invalid session for the user.")
    if client is not None and challenge.client_id != client.id:
        raise not_authorized("Invalid session for the user.")
    user = call.store.get(User, f"{challenge.pool_id}/{challenge.username}")
    if (user.sub if user else None) != challenge.sub:  # gone, or another user of the same name
        raise not_authorized("Invalid session for the user.")
    if challenge.used:
        raise not_authorized("Invalid session for the user, session can only be used once.")
    if call.now() >= challenge.expires:
        raise not_authorized("Invalid session for the user, session is expired.")
    return challenge


def attempt_of(call: Call, pool: Pool, client: Client, challenge: Challenge) -> Attempt:
    """Return the sign-in that a challenge belongs to."""
    return Attempt(
        pool=pool,
        client=client,
        user=call.store.get(User, f"{pool.id}/{challenge.username}"),
        username=challenge.username,
        metadata=call.input.get("ClientMetadata", {}),
        **challenge.state["attempt"],
    )


def use_up(call: Call, challenge: Challenge) -> None:
    """Let a Session be good for nothing more."""
    challenge.used = True
    call.store.save(challenge)


def required(parameters: dict[str, str], name: str) -> str:
    """Return a member of AuthParameters or ChallengeResponses, or refuse."""
    value = parameters.get(name)
    if not value:
        raise invalid_parameter(f"Missing required parameter {name}")
    return value


def _id(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
