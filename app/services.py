"""The services that the routes call: the factory builds them once, `services()` returns them.

HostedUI is imported when a hosted login first needs it, because importing requests takes a tenth
of a cold start. (Other imports are deferred next to their only use: Flasgger in routes/docs.py,
segno in routes/totp.py.)
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
    """The services of one app; they keep no state about a request, and all threads share them."""

    settings: Settings
    cognito: Cognito
    keys: KeySet
    access_tokens: TokenVerifier
    id_tokens: TokenVerifier
    logins: Logins
    return_urls: ReturnUrls

    @cached_property
    def hosted_ui(self) -> "HostedUI":
        """The hosted UI, built for the first hosted login."""
        from app.cognito.hosted_ui import HostedUI

        return HostedUI(self.settings, self.id_tokens)


def services() -> Services:
    """Return the services of the app that handles this request; needs Flask's app context."""
    registered: Services = current_app.extensions["services"]
    return registered


def init_app(app: Flask, settings: Settings) -> None:
    """Build the services of an app, without a connection to anything.

    Raises SettingsError where boto3 finds its configuration unusable.
    """
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
