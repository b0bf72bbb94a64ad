"""Cognito's own login page: a password, then whatever challenges follow it."""

import hmac
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, make_response, render_template, request

from local.cognito import answers, password_sign_in, settings, stages
from local.cognito.challenges import Attempt, find
from local.cognito.errors import Refused
from local.cognito.hosted import authorize
from local.cognito.hosted.authorize import AuthorizationRequest
from local.cognito.lookup import find_user, secret_hash
from local.cognito.records import User
from local.cognito.server import Json, Server

CSRF_COOKIE = "XSRF-TOKEN"

# Of the challenges that the page can show: what it says, its label, whether to hide the input, the
# name of the answer, and what browsers may fill in.
CHALLENGES = {
    "NEW_PASSWORD_REQUIRED": (
        "Your password was temporary. Choose a new one.",
        "New password",
        True,
        "NEW_PASSWORD",
        "new-password",
    ),
    "SMS_MFA": ("A code was sent to your phone.", "Code", False, "SMS_MFA_CODE", "one-time-code"),
    "EMAIL_OTP": ("A code was mailed to you.", "Code", False, "EMAIL_OTP_CODE", "one-time-code"),
    "SOFTWARE_TOKEN_MFA": (
        "Your authenticator app shows a code.",
        "Code",
        False,
        "SOFTWARE_TOKEN_MFA_CODE",
        "one-time-code",
    ),
    "SELECT_MFA_TYPE": (
        "Choose SMS_MFA, EMAIL_OTP or SOFTWARE_TOKEN_MFA.",
        "Second factor",
        False,
        "ANSWER",
        "off",
    ),
}


def init_app(app: Flask, server: Server) -> None:
    """Serve the page."""

    @app.get("/login")
    def login_page() -> Response:
        return _page(authorize.read(server, request.args))

    @app.post("/login")
    def log_in() -> Response:
        authorization = authorize.read(server, request.args)
        sent, kept = request.form.get("_csrf", ""), request.cookies.get(CSRF_COOKIE, "")
        if not kept or not hmac.compare_digest(sent.encode(), kept.encode()):
            return _page(authorization, problem="The page was open for too long. Try again.")
        with server.store.transaction():
            step: Json | None
            try:
                user, step = (
                    _first_step(server, authorization)
                    if "password" in request.form
                    else (_next_step(server, authorization))
                )
            except Refused as error:
                step = _still_open(server, authorization)
                return _page(authorization, step=step, problem=error.message or error.name)
            if "ChallengeName" in step:
                return _page(authorization, step=step)
            return authorize.sign_in(server, authorization, user)


def _first_step(server: Server, authorization: AuthorizationRequest) -> tuple[User, Json]:
    """Check the password; return the user and the next challenge, or none."""
    name = request.form.get("username", "")
    user = find_user(server, authorization.pool, name)
    if user is None and not settings.hides_users(authorization.client):
        raise Refused("UserNotFoundException", "User does not exist.")
    attempt = Attempt(
        pool=authorization.pool,
        client=authorization.client,
        user=user,
        username=user.username if user else name,
        hosted=True,
    )
    call = authorize.new_call(server)
    step = password_sign_in.by_password(call, attempt, request.form["password"])
    assert user is not None  # noqa: S101  # the password of nobody is never right
    return user, step or stages.proceed(call, attempt, "PASSWORD")


def _next_step(server: Server, authorization: AuthorizationRequest) -> tuple[User, Json]:
    """Answer the challenge that the page showed; return the user and the next one, or none."""
    name, session = request.form.get("challenge", ""), request.form.get("session", "")
    if name not in CHALLENGES:
        raise Refused("InvalidParameterException", "This page cannot answer that challenge.")
    challenge = find(authorize.new_call(server), authorization.client, name, session)
    user = server.store.get(User, f"{authorization.pool.id}/{challenge.username}")
    if user is None:
        raise Refused("UserNotFoundException", "User does not exist.")
    responses = {
        "USERNAME": user.username,
        CHALLENGES[name][3]: request.form.get("answer", ""),
    }
    if authorization.client.secret is not None:
        responses["SECRET_HASH"] = secret_hash(authorization.client, user.username)
    call = authorize.new_call(
        server,
        ClientId=authorization.client.id,
        ChallengeName=name,
        Session=session,
        ChallengeResponses=responses,
    )
    return user, answers.respond_to_auth_challenge(call)


def _still_open(server: Server, authorization: AuthorizationRequest) -> Json | None:
    """Return the challenge that the page showed, if another answer to it may be right."""
    name, session = request.form.get("challenge", ""), request.form.get("session", "")
    try:
        find(authorize.new_call(server), authorization.client, name, session)
    except Refused:
        return None
    return {"ChallengeName": name, "Session": session}


def _page(
    authorization: AuthorizationRequest, *, step: Json | None = None, problem: str | None = None
) -> Response:
    """Return the page for a name and password, or for the challenge that follows."""
    name = step["ChallengeName"] if step else ""
    if name and name not in CHALLENGES:
        problem, name = f"This page cannot answer the challenge {name}.", ""
    instruction, label, hidden, _, autocomplete = CHALLENGES.get(name, ("", "", False, "", ""))
    query = authorization.query
    providers = [
        (provider, f"/oauth2/authorize?{urlencode({**query, 'identity_provider': provider})}")
        for provider in authorization.client.settings.get("SupportedIdentityProviders", [])
        if provider != "COGNITO"
    ]
    token = secrets.token_urlsafe(24)
    values: dict[str, Any] = {
        "csrf": token,
        "problem": problem,
        "challenge": name,
        "session": step["Session"] if step and name else "",
        "instruction": instruction,
        "label": label,
        "hidden_input": hidden,
        "autocomplete": autocomplete,
        "hint": query.get("login_hint", ""),
        "providers": providers,
    }
    response = make_response(render_template("login.html", **values))
    response.set_cookie(CSRF_COOKIE, token, httponly=True, samesite="Lax")
    return response
