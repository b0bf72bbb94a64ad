"""The walk's user: signing up, logging in, and being deleted."""

import secrets
import shlex
import time
from collections.abc import Mapping
from contextlib import suppress

from local.console import printable
from walk import srp
from walk.challenges import finish
from walk.curl import ApiAnswer, NoAnswerError, Var
from walk.outcomes import FailedError, GaveUpError, SkippedError
from walk.records import CLEANING_UP, Device
from walk.values import (
    ACCESS_TOKEN,
    CODE,
    OLD_REFRESH_COOKIE,
    OLD_REFRESH_TOKEN,
    REFRESH_COOKIE,
    REFRESH_TOKEN,
    SALT,
    SESSION,
    VERIFIER,
)
from walk.walker import Walker

CLEAN_UP_ATTEMPTS = 3
EXISTS = "this user exists already, and is left alone: choose another --email"


def credentials(walk: Walker, password: Var | None = None) -> dict[str, str]:
    """Return the body of a login with the newest password, or with another."""
    return {"email": walk.user.email, "password": password or walk.user.passwords[0]}


def sign_up(walk: Walker) -> None:
    """Create the user, of whom there must be no trace yet; raise GaveUpError if there is not one.

    An answer that was lost may have been a success.
    """
    user = walk.user
    try:
        answer = walk.call(
            "A stranger cannot log in",
            "POST /auth/login",
            credentials(walk),
            status=(401, 403),
            may_refuse=("InvalidParameterException",),
        )
        if answer.error == "UserNotConfirmedException":
            raise GaveUpError(EXISTS)
        user.may_exist = True
        answer = walk.call(
            "Sign up",
            "POST /auth/signup",
            {
                **credentials(walk),
                "attributes": {"name": "Walker"},
                "client_metadata": {"from": "make walk"},
            },
        )
    except (FailedError, SkippedError) as reason:
        refusal = walk.steps[-1].answer
        user.may_exist &= refusal is None or not 400 <= refusal.status < 500
        exists = refusal is not None and refusal.error == "UsernameExistsException"
        raise GaveUpError(EXISTS if exists else str(reason)) from reason
    user.signed_up = True
    user.confirmed = answer.json.get("user_confirmed") is True
    if isinstance(sub := answer.json.get("user_sub"), str):
        user.sub = sub
    if not user.confirmed and answer.json.get("code_delivery") is None:
        raise GaveUpError("the pool sends no code with which to confirm the user")


def confirm(walk: Walker) -> ApiAnswer:
    """Confirm the user by the code."""
    email = walk.user.email
    session = {"session": SESSION} if SESSION in walk.values else {}
    answer = walk.call(
        "Confirm with the code",
        "POST /auth/confirm",
        {"email": email, "code": CODE, **session},
        code_to=email,
        send_again=lambda: walk.call(
            "Send another code", "POST /auth/resend-code", {"email": email}
        ),
    )
    walk.user.confirmed = True
    return answer


def log_in(walk: Walker, title: str = "Log in", **more: str) -> ApiAnswer:
    """Log in with the password, and with whatever else Cognito asks for."""
    body = {**credentials(walk), **more}
    answer = finish(walk, walk.call(title, "POST /auth/login", body, status=(200, 202)))
    return answer


def confirm_device(walk: Walker, new: Mapping[str, str]) -> tuple[Device, bool]:
    """Confirm the device of a login's `new_device_metadata`, and use it from now on.

    Return it, and whether the user still has to say that it is to be remembered.
    """
    device = Device(new["device_key"], new["device_group_key"], secrets.token_urlsafe(30))
    identity = srp.Identity(device.group_key, device.key, device.password)
    walk.values[SALT], walk.values[VERIFIER] = identity.verifier()
    answer = walk.call(
        "Confirm the new device",
        "POST /devices/{key}",
        {"password_verifier": VERIFIER, "salt": SALT, "device_name": "Walker"},
        bearer=ACCESS_TOKEN,
        path={"key": device.key},
    )
    walk.device = device
    return device, answer.json.get("user_confirmation_necessary") is True


def with_refresh_token(
    walk: Walker,
    title: str,
    request: str,
    body: Mapping[str, object],
    *,
    is_old: bool = False,
    status: int | tuple[int, ...] = 200,
    may_refuse: tuple[str, ...] = (),
) -> ApiAnswer:
    """Take a step that needs the refresh token: in its body, or in the cookie (REFRESH_COOKIE)."""
    token, cookie = (
        (OLD_REFRESH_TOKEN, OLD_REFRESH_COOKIE) if is_old else (REFRESH_TOKEN, REFRESH_COOKIE)
    )
    has_cookie = cookie in walk.values
    return walk.call(
        title,
        request,
        body if has_cookie else {**body, "refresh_token": token},
        cookie=cookie if has_cookie else None,
        status=status,
        may_refuse=may_refuse,
    )


def be_logged_in(walk: Walker) -> None:
    """Make sure that there is a user with a valid access token; raise GaveUpError otherwise."""
    user = walk.user
    if user.logged_in:
        return
    try:
        if not user.signed_up:
            sign_up(walk)
        if not user.confirmed:
            confirm(walk)
        log_in(walk)
    except (FailedError, SkippedError) as reason:
        raise GaveUpError(str(reason)) from reason


def leave_nothing(walk: Walker) -> bool:
    """Delete the user if there may still be one; return whether it is certain that none is left."""
    user = walk.user
    walk.story = CLEANING_UP
    for attempt in range(CLEAN_UP_ATTEMPTS if user.may_exist else 0):
        walk.say(f"\n{'Once more' if attempt else CLEANING_UP}")
        time.sleep(attempt)
        try:
            user.may_exist = not _delete(walk)
            break
        except NoAnswerError as error:
            walk.note(str(error))
        except (FailedError, GaveUpError, SkippedError):
            break
    return not user.may_exist


def _delete(walk: Walker) -> bool:
    """Delete the user with a token, or log in by a password of the walk's own; tell if it is gone.

    Only the pool knows which of the passwords, and of the addresses, is the user's now.
    """
    user = walk.user
    if user.logged_in:
        with suppress(NoAnswerError):  # the token may have expired, or may not be a token
            if _delete_with_token(walk):
                return True
    for email in user.emails:
        user.email = email
        for password in user.passwords:
            answer = _insist_on_login(walk, password)
            if answer.error == "UserNotConfirmedException" and _confirm_by_mail(walk):
                answer = _insist_on_login(walk, password)
            if answer.status == 202:
                answer = finish(walk, answer)
            if answer.status == 200:
                return _delete_with_token(walk)
            if answer.status != 401:
                return False
    return user.delete_sent or not user.signed_up


def _insist_on_login(walk: Walker, password: Var) -> ApiAnswer:
    return walk.insist("Log in", "POST /auth/login", credentials(walk, password))


def _delete_with_token(walk: Walker) -> bool:
    walk.user.delete_sent = True
    return walk.insist("Delete the user", "DELETE /me", bearer=ACCESS_TOKEN).status == 200


def _confirm_by_mail(walk: Walker) -> bool:
    # If the walk cannot read the mailbox, there may be nobody to type the code either.
    if not walk.codes.mailbox:
        return False
    email = walk.user.email
    walk.insist("Send another code", "POST /auth/resend-code", {"email": email})
    code = walk.codes.newest(email)
    if not code:
        return False
    walk.values[CODE] = code
    body = {"email": email, "code": CODE}
    return walk.insist("Confirm with the code", "POST /auth/confirm", body).status == 200


def left_behind(walk: Walker) -> str:
    """Return what a person can do about a user whom the walk could not delete."""
    user = walk.user
    warning = f"A USER {'IS' if user.signed_up else 'MAY BE'} LEFT BEHIND: {user.email}."
    if not user.may_exist:
        warning = "A USER MAY BE LEFT BEHIND, who came from the stand-in for Google."
    if walk.codes.mailbox:
        return printable(f"{warning} It is gone with the local pool.")
    pool, where = '"$USER_POOL_ID"', ", where USER_POOL_ID is that of the API's settings"
    if user.pool_id:
        region = shlex.quote(user.pool_id.partition("_")[0])
        pool, where = f"{shlex.quote(user.pool_id)} --region {region}", ""
    name = shlex.quote(user.sub or user.email)
    line = f"aws cognito-idp admin-delete-user --user-pool-id {pool} --username {name}"
    return printable(f"{warning} To delete it, with AWS credentials{where}:\n\n  {line}\n")
