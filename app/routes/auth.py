"""Sign up, log in, log out, recover: what takes no access token."""

from typing import Any

from flask import Blueprint

from app.cognito.answers import LoggedIn, Tokens
from app.services import services
from app.web import inputs

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.post("/signup")
def signup() -> dict[str, Any]:
    """Create a user."""
    user = services().cognito.sign_up(**inputs.body())
    done = user["user_confirmed"]
    hint = "You can log in now." if done else "Confirm with the code that was sent."
    return {"message": f"Signed up. {hint}", **user}


@bp.post("/confirm")
def confirm() -> dict[str, Any]:
    """Confirm a user by code."""
    services().cognito.confirm_sign_up(**inputs.body())
    return {"message": "Confirmed. You can log in now."}


@bp.post("/resend-code")
def resend_code() -> dict[str, Any]:
    """Send the confirmation code again."""
    sent = services().cognito.resend_confirmation_code(**inputs.body())
    return {"message": "A new code was sent.", **sent}


@bp.post("/login")
def login() -> LoggedIn:
    """Log in with email and password."""
    return services().cognito.initiate_auth_by_password(**inputs.body())


@bp.post("/start")
def start() -> LoggedIn:
    """Start a login without sending the password."""
    return services().cognito.initiate_auth(**inputs.body())


@bp.post("/challenge")
def challenge() -> LoggedIn:
    """Answer a challenge."""
    return services().cognito.respond_to_auth_challenge(**inputs.body())


@bp.post("/refresh")
def refresh() -> Tokens:
    """Exchange a refresh token for new tokens."""
    return services().cognito.get_tokens_from_refresh_token(**inputs.body())


@bp.post("/logout")
def logout() -> dict[str, Any]:
    """Revoke a refresh token."""
    services().cognito.revoke_token(**inputs.body())
    return {"message": "Logged out."}


@bp.post("/event-feedback")
def event_feedback() -> dict[str, Any]:
    """Say whether a reported login was the user's."""
    services().cognito.update_auth_event_feedback(**inputs.body())
    return {"message": "Thank you."}


@bp.post("/forgot-password")
def forgot_password() -> dict[str, Any]:
    """Send a reset code."""
    sent = services().cognito.forgot_password(**inputs.body())
    return {"message": "A reset code was sent.", **sent}


@bp.post("/reset-password")
def reset_password() -> dict[str, Any]:
    """Set a new password by code."""
    services().cognito.confirm_forgot_password(**inputs.body())
    return {"message": "Password changed. You can log in with it now."}
