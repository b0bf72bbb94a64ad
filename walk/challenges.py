"""Answers the challenges of a login until there are tokens."""

import base64
import hmac
import time
from collections.abc import Callable
from typing import Any

from walk import srp
from walk.curl import ApiAnswer, Var
from walk.outcomes import FailedError
from walk.records import Device
from walk.values import (
    ACCESS_TOKEN,
    APP_CODE,
    APP_SECRET,
    CODE,
    PROOF,
    SECRET_BLOCK,
    SESSION,
    SRP_A,
    TIMESTAMP,
)
from walk.walker import Walker

STEP_SECONDS = 30
TOKENS_OR_MORE = (200, 202)
MOST_STEPS = 6


def finish(walk: Walker, answer: ApiAnswer) -> ApiAnswer:
    """Answer challenges until there are tokens; raise FailedError at one that is not known."""
    for _ in range(MOST_STEPS):
        if answer.status != 202:
            return answer
        name = str(answer.json.get("challenge"))
        if name not in ANSWERS:
            walk.end_with(FailedError(f"Cognito also asks for {name}, which the walk cannot give"))
        answer = ANSWERS[name](walk, answer)
    walk.end_with(FailedError("Cognito does not stop asking"))


def respond(walk: Walker, challenge: ApiAnswer, title: str = "", **more: Any) -> ApiAnswer:
    """Answer a challenge; `more` are the members besides those that are sent back unchanged."""
    name = challenge.json["challenge"]
    status = more.pop("status", TOKENS_OR_MORE)
    code_to, may_refuse = more.pop("code_to", ""), more.pop("may_refuse", ())
    return walk.call(
        title or f"Answer {name}",
        "POST /auth/challenge",
        {
            "challenge": name,
            "session": SESSION if challenge.json.get("session") else None,
            "username": challenge.json["username"],
            **more,
        },
        status=status,
        code_to=code_to,
        may_refuse=may_refuse,
    )


def app_code(walk: Walker) -> None:
    """Set $APP_CODE to what an authenticator app with $APP_SECRET shows, each code once.

    Cognito takes each code once, and one that is a step early, too.
    """
    step = _next_step(walk)
    early = (step - 1) * STEP_SECONDS - time.time()
    if early > 0:
        walk.wait(early + 0.5, "as an authenticator's codes count once")
    walk.user.app_steps.append(step)
    walk.values[APP_CODE] = _totp(walk.values[APP_SECRET], step)


def _next_step(walk: Walker) -> int:
    """Return the number of the next 30 seconds whose code was not used."""
    return max([int(time.time()) // STEP_SECONDS, *(used + 1 for used in walk.user.app_steps)])


def _totp(secret: str, step: int) -> str:
    """Return a code of RFC 6238, with SHA-1 and six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def set_up_app(walk: Walker, bearer: Var | None = ACCESS_TOKEN) -> None:
    """Set up an authenticator app with the access token, or with the session of MFA_SETUP."""
    session = {} if bearer else {"session": SESSION}
    account = {"account": walk.user.email}
    walk.call(
        "Set up an authenticator app", "POST /mfa/totp", {**account, **session}, bearer=bearer
    )
    walk.user.app_steps.clear()
    app_code(walk)
    walk.call(
        "Prove that it works",
        "POST /mfa/totp/verify",
        {"code": APP_CODE, "device_name": "Walker", **session},
        bearer=bearer,
    )


def prove_password(
    walk: Walker, challenge: ApiAnswer, identity: srp.Identity, **more: Any
) -> ApiAnswer:
    """Answer SRP's second step with the proof of a password, the user's or a device's."""
    parameters = challenge.json["parameters"]
    values = walk.values
    values[SECRET_BLOCK] = parameters["SECRET_BLOCK"]
    values[TIMESTAMP] = srp.timestamp(time.time())
    values[PROOF] = walk.exchange.claim(
        parameters["SALT"],
        parameters["SRP_B"],
        values[SECRET_BLOCK],
        values[TIMESTAMP],
        identity,
    )
    responses = {
        "PASSWORD_CLAIM_SECRET_BLOCK": SECRET_BLOCK,
        "PASSWORD_CLAIM_SIGNATURE": PROOF,
        "TIMESTAMP": TIMESTAMP,
    }
    return respond(walk, challenge, responses=responses, **more)


def begin_srp(walk: Walker) -> Var:
    """Begin a run of SRP and return the variable of A."""
    walk.exchange = srp.Client()
    walk.values[SRP_A] = walk.exchange.public
    return SRP_A


def _mfa_setup(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    set_up_app(walk, bearer=None)
    return respond(walk, challenge)


def _app(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    is_early = _next_step(walk) > time.time() // STEP_SECONDS + 1
    if is_early and walk.user.logged_in and not walk.is_patient:
        walk.note("The app has no code left that was not used: another app has.")
        walk.is_aside = True
        set_up_app(walk)
        walk.is_aside = False
    app_code(walk)
    return respond(walk, challenge, answer=APP_CODE)


def _email(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    return respond(walk, challenge, answer=CODE, code_to=walk.user.email)


def _text(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    return respond(walk, challenge, answer=CODE, code_to=walk.phone or "the phone")


def _select(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    return respond(walk, challenge, answer="SOFTWARE_TOKEN_MFA")


def _choice(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    password = {"PASSWORD": walk.user.passwords[0]}
    return respond(walk, challenge, "The password", answer="PASSWORD", responses=password)


def _password(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    return respond(walk, challenge, answer=walk.user.passwords[0])


def _password_by_srp(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    identity = srp.Identity(
        walk.user.pool_id.partition("_")[2],
        challenge.json["parameters"]["USER_ID_FOR_SRP"],
        walk.values[walk.user.passwords[0]],
    )
    return prove_password(walk, challenge, identity)


def _device(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    responses = {"SRP_A": begin_srp(walk)}
    return respond(walk, challenge, responses=responses, device_key=_known_device(walk).key)


def _device_proof(walk: Walker, challenge: ApiAnswer) -> ApiAnswer:
    device = _known_device(walk)
    identity = srp.Identity(device.group_key, device.key, device.password)
    return prove_password(walk, challenge, identity, device_key=device.key)


def _known_device(walk: Walker) -> Device:
    if walk.device is None:
        walk.end_with(FailedError("Cognito asks for a device that the walk does not have"))
    return walk.device


ANSWERS: dict[str, Callable[[Walker, ApiAnswer], ApiAnswer]] = {
    "MFA_SETUP": _mfa_setup,
    "SOFTWARE_TOKEN_MFA": _app,
    "EMAIL_OTP": _email,
    "SMS_OTP": _text,
    "SMS_MFA": _text,
    "SELECT_MFA_TYPE": _select,
    "PASSWORD": _password,
    "SELECT_CHALLENGE": _choice,
    "PASSWORD_VERIFIER": _password_by_srp,
    "DEVICE_SRP_AUTH": _device,
    "DEVICE_PASSWORD_VERIFIER": _device_proof,
}
