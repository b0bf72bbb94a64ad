"""Codes that are sent and entered: how long they live, what the messages say."""

import hmac
from typing import Literal

from local.cognito import lockout, messages
from local.cognito.errors import Refused
from local.cognito.messages import Medium
from local.cognito.records import Code, Pool, User
from local.cognito.server import Call, Json

DAY = 86_400
LIFETIMES = {"sign-up": DAY, "reset": 3_600, "verify:email": DAY, "verify:phone_number": DAY}
MEDIUMS: dict[str, Medium] = {"email": "EMAIL", "phone_number": "SMS"}
ATTRIBUTES: dict[Medium, str] = {"EMAIL": "email", "SMS": "phone_number"}

Occasion = Literal["verification", "reset", "sign-in", "mfa"]


def send(call: Call, pool: Pool, user: User, purpose: str, attribute: str, to: str) -> Json:
    """Send a new code for a purpose of LIFETIMES, in place of an earlier one.

    Returns the answer's CodeDeliveryDetails.
    """
    code = call.server.new_code()
    expires = call.now() + LIFETIMES[purpose]
    call.store.save(Code(user.key, purpose, code, attribute, expires))
    occasion: Occasion = "reset" if purpose == "reset" else "verification"
    return deliver(call, pool, user, MEDIUMS[attribute], to, code, occasion)


def deliver(
    call: Call,
    pool: Pool,
    user: User | None,
    medium: Medium,
    destination: str,
    code: str,
    occasion: Occasion,
) -> Json:
    """Send the code and return CodeDeliveryDetails; nothing is sent to an invented user."""
    if user is not None:
        subject, body = _text(pool, medium, occasion)
        messages.send(
            call,
            pool,
            medium,
            destination,
            subject,
            body.replace("{####}", code).replace("{username}", user.username),
        )
    return {
        "AttributeName": ATTRIBUTES[medium],
        "DeliveryMedium": medium,
        "Destination": messages.masked(destination),
    }


def take(call: Call, pool: Pool, user: User, purpose: str, given: str) -> Code:
    """Return the code that was sent for this purpose and spend it, or refuse."""
    lockout.check(call, pool, user.username, "code")
    code = call.store.get(Code, f"{user.key}/{purpose}")
    if code is None or call.now() >= code.expires:
        raise expired()
    if not hmac.compare_digest(code.code.encode(), given.encode()):
        lockout.failed(call, pool, user.username, "code")
        raise mismatch()
    lockout.succeeded(call, pool, user.username, "code")
    call.store.delete(code)
    return code


def mismatch() -> Refused:
    """Return the refusal of a wrong code."""
    return Refused("CodeMismatchException", "Invalid verification code provided, please try again.")


def expired() -> Refused:
    """Return the refusal of a code that is too old, or where none was sent."""
    return Refused("ExpiredCodeException", "Invalid code provided, please request a code again.")


def _text(pool: Pool, medium: Medium, occasion: Occasion) -> tuple[str, str]:
    """Return the subject and the body, with {####} for the code, from the pool's settings."""
    settings = pool.settings
    template = settings.get("VerificationMessageTemplate", {})
    if occasion in ("sign-in", "mfa"):
        if medium == "SMS":
            sms = pool.mfa.get("SmsMfaConfiguration", {}).get("SmsAuthenticationMessage")
            text = sms or settings.get("SmsAuthenticationMessage")
            return "", text or "Your authentication code is {####}."
        mail = pool.mfa.get("EmailMfaConfiguration", {})
        return (
            mail.get("Subject", "Your authentication code"),
            mail.get("Message", "Your authentication code is {####}."),
        )
    what = "password reset code" if occasion == "reset" else "confirmation code"
    if medium == "SMS":
        text = template.get("SmsMessage") or settings.get("SmsVerificationMessage")
        return "", text or f"Your {what} is {{####}}."
    subject = template.get("EmailSubject") or settings.get("EmailVerificationSubject")
    text = template.get("EmailMessage") or settings.get("EmailVerificationMessage")
    return subject or "Your verification code", text or f"Your {what} is {{####}}."
