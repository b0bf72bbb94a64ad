"""The hosted UI: its authorize and logout URLs, and the exchange of a code for tokens.

requests makes the token request, `transport` sends it.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import requests

from app import strict
from app.cognito import answers, transport
from app.cognito.answers import Tokens
from app.cognito.tokens import TokenVerifier, is_from_login
from app.cognito.vocabulary import SCOPES
from app.errors import (
    CognitoRefused,
    InvalidToken,
    OAuthError,
    ServerMisconfigured,
    UpstreamError,
)
from app.settings import Settings
from app.version import VERSION

SECONDS = 5.0  # with the 3 s for signing keys, a callback stays under 10 s
MAX_ANSWER_BYTES = 100_000
# Errors of the token endpoint (RFC 6749, section 5.2) that wrong settings cause.
OUR_FAULT = ("invalid_client", "unauthorized_client", "unsupported_grant_type")


class HostedUI:
    """The hosted UI of one user pool, for one app client."""

    def __init__(self, settings: Settings, id_tokens: TokenVerifier) -> None:
        self._settings = settings
        self._id_tokens = id_tokens

    def authorize_url(
        self,
        provider: str | None,
        redirect_uri: str,
        *,
        state: str,
        code_challenge: str,
        nonce: str,
        hints: Mapping[str, str],
    ) -> str:
        """Return the URL where the browser logs in (RFC 6749 4.1.1, RFC 7636 4.3).

        Without a provider, Cognito's own page offers all of them. `hints` are further query
        parameters of Cognito's authorize endpoint.
        """
        query = {
            **({"identity_provider": provider} if provider else {}),
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "nonce": nonce,
            **hints,
        }
        return f"{self._settings.authorize_url}?{urlencode(query)}"

    def logout_url(self, return_to: str) -> str:
        """Return the URL where the browser logs out; Cognito then redirects to `return_to`."""
        query = {"client_id": self._settings.client_id, "logout_uri": return_to}
        return f"{self._settings.logout_url}?{urlencode(query)}"

    def exchange_code(
        self, code: str, redirect_uri: str, *, code_verifier: str, nonce: str | None
    ) -> tuple[Tokens, str]:
        """Return the tokens for a code, and the `sub` of the verified ID token (RFC 6749 4.1.3).

        `nonce` is that of the authorize URL. It is None for a login that an app in the browser
        began: there the app's code verifier alone binds the code to the login.
        Raises OAuthError for a code that Cognito refuses, CognitoRefused (429),
        ServerMisconfigured for wrong settings, or one of the Upstream errors.
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": self._settings.client_id,
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": code_verifier,
        }
        status, _, body = self._post(self._settings.token_url, form)
        try:
            answer = strict.json_object(body)
        except ValueError as error:
            if status == 200:
                raise UpstreamError("Cognito's answer cannot be read.") from error
            answer = {}
        if status != 200:
            raise _token_error(status, answer.get("error"))
        tokens = answers.tokens(answer)
        try:
            claims = self._id_tokens.verify(tokens["id_token"])
        except InvalidToken as error:
            raise UpstreamError("Cognito's ID token is not valid.", cause=error.message) from error
        if not is_from_login(claims, nonce=nonce, access_token=tokens["access_token"]):
            raise UpstreamError("Cognito's ID token belongs to another login.")
        return tokens, claims["sub"]

    def _post(self, url: str, form: dict[str, str]) -> transport.HttpAnswer:
        request = requests.Request(
            "POST",
            url,
            data=form,
            auth=(self._settings.client_id, self._settings.client_secret),
            headers={
                "Accept": "application/json",
                "User-Agent": f"cognito-auth-api/{VERSION}",
            },
        )
        try:
            prepared = request.prepare()
        except requests.RequestException as error:
            raise ServerMisconfigured(f"COGNITO_DOMAIN: {error}") from error
        return transport.send(
            "POST",
            url,
            headers=prepared.headers,
            body=prepared.body,
            seconds=SECONDS,
            limit=MAX_ANSWER_BYTES,
            replayable=False,  # Cognito accepts a code once
        )


def _token_error(status: int, error: object) -> Exception:
    if error in OUR_FAULT:
        return ServerMisconfigured(f"token endpoint: {error} (check CLIENT_ID and CLIENT_SECRET)")
    if status == 429:
        message = "Too many requests; try again later."
        return CognitoRefused(429, "TooManyRequestsException", message, {"Retry-After": "2"})
    if not 400 <= status < 500:
        return UpstreamError("Cognito failed.", cause=f"token endpoint: {status}")
    return OAuthError("Cognito refused the code: it is wrong, used already or too old.")
