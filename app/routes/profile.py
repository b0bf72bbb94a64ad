"""What a bearer token gives access to: its own claims, and the user's attributes."""

from typing import Any

from flask import Blueprint

from app import bearer, inputs
from app.cognito import ADMIN_SCOPE
from app.services import services

bp = Blueprint("profile", __name__)
bearer.protect(bp)


@bp.get("/me")
def me() -> dict[str, Any]:
    """Show the claims of the access token."""
    return bearer.claims()


@bp.get("/profile")
def read_profile() -> dict[str, Any]:
    """Read the user's attributes."""
    return {"attributes": services().cognito.get_user(bearer.access_token(ADMIN_SCOPE))}


@bp.post("/profile")
def update_profile() -> dict[str, Any]:
    """Change some of the user's attributes."""
    token = bearer.access_token(ADMIN_SCOPE)
    attributes, ignored = inputs.body_and_ignored()
    services().cognito.update_user_attributes(token, attributes)
    return {"message": "Profile updated.", "updated": list(attributes), "ignored": ignored}
