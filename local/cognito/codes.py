"""Codes that are sent and entered: how long they live, what the messages say."""

import hmac
import secrets
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
    _keep(call, user.key, purpose, attribute, code)
    return deliver(call, pool, user, MEDIUMS[attribute], to, code, _occasion(purpose))


def pretend(call: Call, pool: Pool, username: str, purpose: str, name: str) -> Json:
    """Answer as `send` does where nothing may be sent, the same for the same typed `name`.

    A code that nobody gets is kept, so that entering one fails as it does for a real user.
    """
    if messages.PHONE.fullmatch(name):
        attribute, to = "phone_number", name
    elif messages.EMAIL.fullmatch(name):
        attribute, to = "email", name
    else:
        digest = hmac.digest(bytes.fromhex(pool.secret), f"address {name}".encode(), "sha256")
        letters = [chr(ord("a") + byte % 26) for byte in digest[:2]]
        attribute, to = "email", "@".join(letters)
    _keep(call, f"{pool.id}/{username}", purpose, attribute, secrets.token_hex(8))
    return deliver(call, pool, None, MEDIUMS[attribute], to, "", _occasion(purpose))


def _keep(call: Call, user_key: str, purpose: str, attribute: str, code: str) -> None:
    expires = call.now() + LIFETIMES[purpose]
    call.store.save(Code(user_key, purpose, code, attribute, expires))


def _occasion(purpose: str) -> Occasion:
    return "reset" if purpose == "reset" else "verification"


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


def right(call: Call, pool: Pool, username: str, purpose: str, given: str) -> Code:
    """Return the code that was sent for this purpose if it is the one given, or refuse.

    The caller deletes it once it has done its work. `username` is the canonical one, or what was
    typed where nobody has that name.
    """
    lockout.check(call, pool, username, "code")
    code = call.store.get(Code, f"{pool.id}/{username}/{purpose}")
    if code is None or call.now() >= code.expires:
        raise Refused("ExpiredCodeException", "Invalid code provided, please request a code again.")
    if not hmac.compare_digest(code.code.encode(), given.encode()):
        lockout.failed(call, pool, username, "code")
        raise mismatch()
    lockout.succeeded(call, pool, username, "code")
    return code


def mismatch() -> Refused:
    """Return the refusal of a wrong code."""
    return Refused("CodeMismatchException", "Invalid verification code provided, please try again.")


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
