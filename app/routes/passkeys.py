"""The user's passkeys (WebAuthn credentials)."""

from typing import Any

from flask import Blueprint

from app.cognito.answers import PasskeyOptions
from app.services import services
from app.web import bearer, inputs

bp = Blueprint("passkeys", __name__, url_prefix="/passkeys")
bearer.protect(bp)


@bp.get("")
def list_passkeys() -> dict[str, Any]:
    """List the user's passkeys."""
    token = bearer.access_token()
    return services().cognito.list_web_authn_credentials(token, **inputs.query())


@bp.post("/registration")
def start_passkey() -> PasskeyOptions:
    """Start to register a passkey."""
    return services().cognito.start_web_authn_registration(bearer.access_token())


@bp.post("")
def complete_passkey() -> dict[str, Any]:
    """Register the passkey that the browser made."""
    token = bearer.access_token()
    services().cognito.complete_web_authn_registration(token, **inputs.body())
    return {"message": "Passkey registered."}


@bp.delete("/<credential_id>")
def delete_passkey(credential_id: str) -> dict[str, Any]:
    """Delete a passkey."""
    services().cognito.delete_web_authn_credential(bearer.access_token(), credential_id)
    return {"message": "Passkey deleted."}
