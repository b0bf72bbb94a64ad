"""Logins on Cognito's hosted pages, in a browser."""

from app.swagger.building import (
    Paths,
    Schema,
    error_response,
    header,
    one_of,
    query_parameter,
    response,
    string,
)
from app.swagger.fields import TOKENS_EXAMPLE
from app.swagger.operations import operation
from app.swagger.responses import SERVER_FAULTS, TOO_MANY_ATTEMPTS

_TO_HOSTED_UI = {
    "302": {
        "description": "To the hosted UI.",
        **header("Location", "The authorize URL."),
    },
    "400": error_response(
        "A parameter is wrong, or the Host header does not name a host.",
        "InvalidRequest",
        "The query has 1 problem.",
        fields={"return_to": "is not one of this server's RETURN_URLS"},
    ),
    "500": SERVER_FAULTS["500"],
}

TAG = "Hosted login"
RETURN_TO = query_parameter(
    "return_to",
    string(
        "Where the browser goes in the end: a URL that RETURN_URLS allows, or `/` for this API's "
        "own page.",
        "http://localhost:3000/",
        minLength=1,
        maxLength=2000,
        pattern=r"^[!-~]+$",
        **{"x-problem": "must be a URL in ASCII, percent-encoded"},
    ),
)
# The parameters of both starts, besides the provider.
START: tuple[Schema, ...] = (
    RETURN_TO,
    query_parameter(
        "code_challenge",
        string(
            "With `return_to`: base64url(SHA-256(code verifier)), of 43 characters (RFC 7636).",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            minLength=43,
            maxLength=43,
            pattern=r"^[A-Za-z0-9_-]+$",
            **{"x-problem": "must be base64url without padding"},
        ),
    ),
    query_parameter("code_challenge_method", one_of("The only method that is supported.", "S256")),
    query_parameter(
        "state",
        string(
            "With `return_to`: returned unchanged with the code.",
            "c3RhdGU",
            minLength=1,
            maxLength=512,
            pattern=r"^[ -~]+$",
            **{"x-problem": "must be printable ASCII (RFC 6749, appendix A.5)"},
        ),
    ),
    query_parameter(
        "login_hint",
        string("The address to log in with.", "ada@example.com", minLength=1, maxLength=256),
    ),
    query_parameter(
        "prompt",
        string(
            "`login`, `select_account`, `consent` or `none`; Cognito decides.",
            "login",
            minLength=1,
            maxLength=64,
            pattern=r"^[a-z_ ]+$",
            **{"x-problem": "must be words such as login or select_account"},
        ),
    ),
    query_parameter(
        "lang",
        string(
            "The language of Cognito's page.",
            "de",
            minLength=2,
            maxLength=16,
            pattern=r"^[A-Za-z-]+$",
            **{"x-problem": "must be a language such as de or pt-BR"},
        ),
    ),
)
PROVIDER = query_parameter(
    "provider",
    string(
        "A provider of the pool by its name there; without it, Cognito's own page.",
        "Google",
        minLength=1,
        maxLength=32,
        pattern=r"^[^\s\x00-\x1f\x7f]+$",
        **{"x-problem": "must be the name of a provider"},
    ),
)
_FOR_AN_APP = (
    "An app in the browser adds `return_to` and `code_challenge`: the login then ends at "
    "`return_to` with a code for POST /auth/hosted/token. Open it in a browser tab: Try it out "
    "cannot follow a redirect to another site."
)
_LOGOUT = (
    "Redirects to the hosted UI's /logout, which ends its own cookie and sends the browser to "
    "`return_to`, or to this API's root; both have to be sign-out URLs of the app client. "
    "The tokens stay valid: POST /auth/logout revokes them."
)

PATHS: Paths = {
    "/auth/google/start": {
        "get": operation(
            "google_start",
            TAG,
            "Start a Google login in the browser",
            "Redirects to Cognito's hosted UI with Google selected, with state, PKCE (S256) and a "
            f"nonce bound to this browser by a cookie of ten minutes. {_FOR_AN_APP}",
            _TO_HOSTED_UI,
            parameters=START,
        ),
    },
    "/auth/hosted/start": {
        "get": operation(
            "hosted_start",
            TAG,
            "Start a login at any provider, or on Cognito's own page",
            f"As /auth/google/start, with the provider in the query. {_FOR_AN_APP}",
            _TO_HOSTED_UI,
            parameters=(PROVIDER, *START),
        ),
    },
    "/auth/google/callback": {
        "get": operation(
            "google_callback",
            TAG,
            "Finish a hosted login",
            "Cognito redirects the browser here. Exchanges the code for tokens at "
            "/oauth2/token, verifies the ID token, and returns the tokens. "
            "A login with `return_to` ends there instead, with `code` or `error`, and `state`. "
            "It completes only a login that the same browser started, and only once. A request "
            "without one ends no login, and the answer repeats nothing of it. HEAD is 405.",
            {
                "200": response("Logged in.", "TokenResponse", TOKENS_EXAMPLE),
                "303": {
                    "description": "To the `return_to` of the login.",
                    **header("Location", "`return_to` with `code` or `error`, and `state`."),
                },
                "400": error_response(
                    "The hosted UI refused the login, a parameter is wrong, or the login is not "
                    "this browser's (`InvalidState`).",
                    "OAuthError",
                    "The hosted UI ended the login.",
                    oauth={"error": "access_denied", "error_description": "User denied access"},
                ),
                "429": TOO_MANY_ATTEMPTS,
                **SERVER_FAULTS,
            },
            parameters=(
                query_parameter(
                    "code",
                    string(
                        "The authorization code.",
                        "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                        minLength=1,
                        maxLength=1024,
                    ),
                ),
                query_parameter(
                    "state",
                    string("As the start of the login sent it.", "c3RhdGU", maxLength=1024),
                ),
                query_parameter(
                    "error",
                    string("Why the hosted UI refused.", "access_denied", maxLength=1024),
                ),
                query_parameter(
                    "error_description",
                    string("The same, for a person.", "User denied access", maxLength=4096),
                ),
            ),
        ),
    },
    "/auth/hosted/token": {
        "post": operation(
            "hosted_token",
            TAG,
            "Exchange the code of a hosted login for tokens",
            "For an app whose login came back to its `return_to`. Cognito checks that the "
            "`code_verifier` belongs to the `code_challenge` of the start; the code is good once, "
            "for five minutes.",
            {
                "200": response("Logged in.", "TokenResponse", TOKENS_EXAMPLE),
                "400": error_response(
                    "The code or its verifier is wrong, or the code was used already or is too "
                    "old (`OAuthError`), or the body is wrong.",
                    "OAuthError",
                    "Cognito refused the code: it is wrong, used already or too old.",
                ),
                "429": TOO_MANY_ATTEMPTS,
                **SERVER_FAULTS,
            },
            body="HostedTokenRequest",
            example={
                "code": "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            },
        ),
    },
    "/auth/google/logout": {
        "get": operation(
            "google_logout",
            TAG,
            "Log out of the hosted UI",
            _LOGOUT,
            _TO_HOSTED_UI,
            parameters=(RETURN_TO,),
        ),
    },
    "/auth/hosted/logout": {
        "get": operation(
            "hosted_logout",
            TAG,
            "Log out of the hosted UI",
            _LOGOUT,
            _TO_HOSTED_UI,
            parameters=(RETURN_TO,),
        ),
    },
}
