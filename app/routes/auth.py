"""Operations without an access token: sign up, log in, log out, recover a password."""

from typing import Any

from flask import Blueprint

from app.cognito.answers import LoggedIn, Tokens
from app.services import services
from app.web import inputs, refresh_cookie

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.post("/signup")
def signup() -> dict[str, Any]:
    """Create a user."""
    body, caller = inputs.body_and_caller()
    user = services().cognito.sign_up(caller, **body)
    done = user["user_confirmed"]
    hint = "You can log in now." if done else "Confirm with the code that was sent."
    return {"message": f"Signed up. {hint}", **user}


@bp.post("/confirm")
def confirm() -> dict[str, Any]:
    """Confirm a user by code."""
    body, caller = inputs.body_and_caller()
    session = services().cognito.confirm_sign_up(caller, **body)
    return {"message": "Confirmed. You can log in now.", **session}


@bp.post("/resend-code")
def resend_code() -> dict[str, Any]:
    """Send the confirmation code again."""
    body, caller = inputs.body_and_caller()
    delivery = services().cognito.resend_confirmation_code(caller, **body)
    return {"message": "A new code was sent.", **delivery}


@bp.post("/login")
def login() -> LoggedIn:
    """Log in with email and password."""
    body, caller = inputs.body_and_caller()
    return services().cognito.initiate_auth_by_password(caller, **body)


@bp.post("/start")
def start() -> LoggedIn:
    """Start a login without sending the password."""
    body, caller = inputs.body_and_caller()
    return services().cognito.initiate_auth(caller, **body)


@bp.post("/challenge")
def challenge() -> LoggedIn:
    """Answer a challenge."""
    body, caller = inputs.body_and_caller()
    return services().cognito.respond_to_auth_challenge(caller, **body)


@bp.post("/refresh")
def refresh() -> Tokens:
    """Exchange a refresh token for new tokens."""
    cookie = refresh_cookie.read()
    body, caller = inputs.body_and_caller()
    return services().cognito.get_tokens_from_refresh_token(caller, **body, **cookie)


@bp.post("/logout")
def logout() -> dict[str, Any]:
    """Revoke a refresh token."""
    cookie = refresh_cookie.read()
    services().cognito.revoke_token(**inputs.body(), **cookie)
    refresh_cookie.clear()
    return {"message": "Logged out."}


@bp.post("/event-feedback")
def event_feedback() -> dict[str, Any]:
    """Say whether a reported login was the user's."""
    services().cognito.update_auth_event_feedback(**inputs.body())
    return {"message": "Thank you."}


@bp.post("/forgot-password")
def forgot_password() -> dict[str, Any]:
    """Send a reset code."""
    body, caller = inputs.body_and_caller()
    delivery = services().cognito.forgot_password(caller, **body)
    return {"message": "A reset code was sent.", **delivery}


@bp.post("/reset-password")
def reset_password() -> dict[str, Any]:
    """Set a new password by code."""
    body, caller = inputs.body_and_caller()
    services().cognito.confirm_forgot_password(caller, **body)
    return {"message": "Password changed. You can log in with it now."}
