"""The access token's claims, and the user's attributes."""

from typing import Any

from flask import Blueprint

from app.services import services
from app.web import bearer, inputs

bp = Blueprint("profile", __name__)
bearer.protect(bp)


@bp.get("/me")
def me() -> dict[str, Any]:
    """Show the claims of the access token."""
    return bearer.claims()


@bp.get("/profile")
def read_profile() -> dict[str, Any]:
    """Read the user's attributes."""
    return {"attributes": services().cognito.get_user(bearer.access_token())}


@bp.post("/profile")
def update_profile() -> dict[str, Any]:
    """Change some of the user's attributes."""
    token = bearer.access_token()
    attributes, caller = inputs.body_and_caller()
    updated, ignored = services().cognito.update_user_attributes(caller, token, attributes)
    return {"message": "Profile updated.", "updated": updated, "ignored": ignored}


@bp.put("/profile/email")
def update_email() -> dict[str, Any]:
    """Change the email address."""
    token = bearer.access_token()
    body, caller = inputs.body_and_caller()
    delivery = services().cognito.update_email(caller, token, **body)
    sent = delivery["code_delivery"]
    message = "A code was sent to the new address." if sent else "Email changed. No code was sent."
    return {"message": message, **delivery}


@bp.delete("/profile/<attribute>")
def delete_attribute(attribute: str) -> dict[str, Any]:
    """Delete an attribute."""
    services().cognito.delete_user_attributes(bearer.access_token(), attribute)
    return {"message": "Attribute deleted."}


@bp.post("/profile/<attribute>/verification")
def send_verification(attribute: str) -> dict[str, Any]:
    """Send a code to verify an attribute."""
    token = bearer.access_token()
    body, caller = inputs.body_and_caller()
    delivery = services().cognito.get_user_attribute_verification_code(
        caller, token, attribute, **body
    )
    return {"message": "A code was sent.", **delivery}


@bp.post("/profile/<attribute>/verification/confirm")
def confirm_verification(attribute: str) -> dict[str, Any]:
    """Verify an attribute by code."""
    services().cognito.verify_user_attribute(bearer.access_token(), attribute, **inputs.body())
    return {"message": "Verified."}
