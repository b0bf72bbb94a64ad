"""Operations on the user's account as a whole."""

from typing import Any

from flask import Blueprint

from app.services import services
from app.web import bearer, inputs

bp = Blueprint("account", __name__)
bearer.protect(bp)


@bp.post("/auth/logout-everywhere")
def logout_everywhere() -> dict[str, Any]:
    """End all of the user's sessions."""
    services().cognito.global_sign_out(bearer.access_token())
    return {"message": "Logged out everywhere."}


@bp.post("/auth/change-password")
def change_password() -> dict[str, Any]:
    """Change the password."""
    services().cognito.change_password(bearer.access_token(), **inputs.body())
    return {"message": "Password changed."}


@bp.delete("/me")
def delete_me() -> dict[str, Any]:
    """Delete the user."""
    services().cognito.delete_user(bearer.access_token())
    return {"message": "User deleted."}
