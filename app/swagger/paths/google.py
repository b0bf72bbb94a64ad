"""The Google login in a browser."""

from app.swagger.building import Paths, error_response, header, query_parameter, response, string
from app.swagger.fields import TOKENS_EXAMPLE
from app.swagger.operations import operation
from app.swagger.responses import SERVER_FAULTS, TOO_MANY_ATTEMPTS

_TO_HOSTED_UI = {
    "302": {
        "description": "To the hosted UI.",
        **header("Location", "The authorize URL."),
    },
    "400": error_response(
        "The redirect cannot be built.",
        "InvalidRequest",
        "The Host header does not name a host; set COGNITO_REDIRECT_URI.",
    ),
    "500": SERVER_FAULTS["500"],
}

PATHS: Paths = {
    "/auth/google/start": {
        "get": operation(
            "google_start",
            "Google login",
            "Start a Google login in the browser",
            "Redirects to Cognito's hosted UI with Google selected, with state, PKCE (S256) and a "
            "nonce bound to this browser by a cookie of ten minutes. Open it in a browser tab: "
            "Try it out cannot follow a redirect to another site.",
            _TO_HOSTED_UI,
        ),
    },
    "/auth/google/callback": {
        "get": operation(
            "google_callback",
            "Google login",
            "Finish a Google login",
            "Where Cognito sends the browser back. Exchanges the code for tokens at "
            "/oauth2/token, verifies the ID token, and returns the tokens. "
            "Only a login that the same browser started is completed, once; of anything else, "
            "nothing is shown and no login is ended. HEAD completes nothing: it is 405.",
            {
                "200": response("Logged in.", "TokenResponse", TOKENS_EXAMPLE),
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
                    string("As /auth/google/start sent it.", "c3RhdGU", maxLength=1024),
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
    "/auth/google/logout": {
        "get": operation(
            "google_logout",
            "Google login",
            "Log out of the hosted UI",
            "Redirects to the hosted UI's /logout, which ends its own cookie and returns to this "
            "API's root; register that as a sign-out URL in the app client.",
            _TO_HOSTED_UI,
        ),
    },
}
