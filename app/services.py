"""What the routes call: built once a process by the factory, found through one accessor.

Also the one place that names what is deferred until it is needed: HostedUI, because requests,
which no other route needs, takes a tenth of a cold start to import. (The other deferred imports
stand next to their only use: Flasgger in routes/docs.py, segno in routes/totp.py.)
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask, current_app

from app.cognito.keys import KeySet
from app.cognito.oauth_state import Logins
from app.cognito.operations import Cognito
from app.cognito.tokens import TokenVerifier
from app.origins import ReturnUrls
from app.settings import Settings

if TYPE_CHECKING:
    from app.cognito.hosted_ui import HostedUI


@dataclass(frozen=True)
class Services:
    """The services of one app."""

    settings: Settings
    cognito: Cognito
    keys: KeySet
    access_tokens: TokenVerifier
    id_tokens: TokenVerifier
    logins: Logins
    return_urls: ReturnUrls

    @cached_property
    def hosted_ui(self) -> "HostedUI":
        """The OAuth leg, built for the first Google login."""
        from app.cognito.hosted_ui import HostedUI

        return HostedUI(self.settings, self.id_tokens)


def services() -> Services:
    """Return the services of the app that handles this request."""
    registered: Services = current_app.extensions["services"]
    return registered


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
    logins = Logins(settings.secret_keys)
    return_urls = ReturnUrls(settings.return_urls)
    app.extensions["services"] = Services(
        settings, cognito, keys, access_tokens, id_tokens, logins, return_urls
    )
