"""What the routes call: built once a process by the factory, found through one accessor."""

from dataclasses import dataclass

from flask import Flask, current_app

from app.cognito import Cognito
from app.config import Settings
from app.hosted_ui import HostedUI
from app.login import Logins
from app.tokens import KeySet, TokenVerifier


@dataclass(frozen=True)
class Services:
    """The services of one app."""

    settings: Settings
    cognito: Cognito
    access_tokens: TokenVerifier
    hosted_ui: HostedUI
    logins: Logins


def services() -> Services:
    """Return the services of the app that handles this request."""
    found: Services = current_app.extensions["services"]
    return found


def init_app(app: Flask, settings: Settings) -> None:
    """Build the services; nothing here touches the network."""
    cognito = Cognito(settings)
    keys = KeySet(cognito.signing_keys)
    access_tokens = TokenVerifier(
        keys,
        issuers=settings.issuers,
        use="access",
        client_claim="client_id",
        client_id=settings.client_id,
        strings=("scope",),
    )
    id_tokens = TokenVerifier(
        keys,
        issuers=settings.issuers,
        use="id",
        client_claim="aud",
        client_id=settings.client_id,
        strings=(),
    )
    app.extensions["services"] = Services(
        settings,
        cognito,
        access_tokens,
        HostedUI(settings, id_tokens),
        Logins(settings.secret_keys),
    )
