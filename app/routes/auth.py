"""Sign up, confirm, log in, refresh, recover: what a user does with email and password."""

from typing import Any

from flask import Blueprint

from app import inputs
from app.services import services

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


@bp.post("/login")
def login() -> tuple[dict[str, Any], int]:
    """Log in with email and password."""
    return services().cognito.initiate_auth(**inputs.body())


@bp.post("/refresh")
def refresh() -> dict[str, Any]:
    """Exchange a refresh token for new tokens."""
    return services().cognito.get_tokens_from_refresh_token(**inputs.body())


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
