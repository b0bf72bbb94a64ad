"""The responses that several operations share."""

from app.swagger.building import error_response, header

INVALID_INPUT = error_response(
    "The input is invalid, or Cognito refused it.",
    "InvalidRequest",
    "The body has 1 problem.",
    fields={"email": "is required"},
)
CODE_REFUSED = error_response(
    "The input is invalid, or the code is wrong or has expired.",
    "CodeMismatchException",
    "The code is wrong or has expired; ask for a new one.",
)
BODY_TOO_LARGE = error_response(
    "The body is too large.", "PayloadTooLarge", "The body is larger than 64 kB."
)
TOKEN_REFUSED = {
    **error_response(
        "The access token is missing or not valid.", "InvalidToken", "The token has expired."
    ),
    **header("WWW-Authenticate", "RFC 6750, section 3."),
}
BLOCKED = error_response(
    "AWS WAF in front of the pool refused the request.", "ForbiddenException", "Request blocked."
)
TOO_MANY_ATTEMPTS = {
    **error_response(
        "Too many attempts.", "LimitExceededException", "Attempt limit exceeded; try again later."
    ),
    **header("Retry-After", "Seconds to wait."),
}
SERVER_FAULTS = {
    "500": error_response(
        "The server's settings or the pool's are wrong, or the server has a defect.",
        "ServerMisconfigured",
        "The server's Cognito settings are wrong; its log says which.",
    ),
    "502": error_response("Cognito failed.", "UpstreamError", "Cognito failed."),
    "503": {
        **error_response(
            "Cognito cannot be reached: nothing happened.",
            "UpstreamUnavailable",
            "Cognito cannot be reached.",
        ),
        **header("Retry-After", "Seconds to wait."),
    },
    "504": error_response(
        "Cognito did not answer: what happened is unknown.",
        "UpstreamTimeout",
        "Cognito did not answer in time.",
    ),
}
FROM_COGNITO = {"403": BLOCKED, "429": TOO_MANY_ATTEMPTS, **SERVER_FAULTS}
