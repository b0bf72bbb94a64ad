"""The errors that callers see, as one tree of exceptions.

ApiError
├── InvalidRequest       400  what to change, per field
├── InvalidState         400  a Google login that this browser did not start
├── OAuthError           400  Cognito's hosted UI refused the login
├── CognitoRefused       4xx  Cognito's own name and sentence
├── InvalidToken         401  the bearer token
├── InsufficientScope    403  the bearer token lacks a scope
├── ForbiddenOrigin      403  the refresh cookie, asked for by a page that may not use it
├── NotFound             404  nothing here for this client
├── ServerMisconfigured  500  our settings or the pool's: the log says what to check
├── UpstreamError        502  Cognito failed, or answered what it never should
├── UpstreamUnavailable  503  Cognito could not be reached: nothing happened
└── UpstreamTimeout      504  Cognito did not answer in time: what happened is unknown
"""

from collections.abc import Mapping
from typing import Any

BEARER = 'Bearer realm="cognito-auth-api"'  # RFC 6750, section 3


class ApiError(Exception):
    """An answer other than success. `cause` goes to the log and never to the caller."""

    status = 500
    error = "InternalError"

    def __init__(
        self,
        message: str,
        *,
        cause: str | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.headers = dict(headers or {})
        self.members = dict(members or {})


class InvalidRequest(ApiError):
    """Input that the API refuses without asking Cognito. `fields` says what to change in each."""

    status = 400
    error = "InvalidRequest"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message, members={"fields": fields} if fields else {})


class InvalidState(ApiError):
    """A callback without a login in progress that this browser started."""

    status = 400
    error = "InvalidState"


class OAuthError(ApiError):
    """The hosted UI or its token endpoint ended the login (RFC 6749, sections 4.1.2.1 and 5.2)."""

    status = 400
    error = "OAuthError"


class CognitoRefused(ApiError):
    """A refusal by Cognito, under the name of Cognito's exception."""

    def __init__(
        self,
        status: int,
        error: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        cause: str | None = None,
    ) -> None:
        super().__init__(message, headers=headers, cause=cause)
        self.status = status
        self.error = error


class InvalidToken(ApiError):
    """A bearer token that is missing, malformed, forged, expired or meant for something else."""

    status = 401
    error = "InvalidToken"

    def __init__(self, message: str, *, presented: bool = True) -> None:
        # A request without a token gets the challenge without an error: RFC 6750, section 3.1.
        detail = f', error="invalid_token", error_description="{message}"' if presented else ""
        super().__init__(message, headers={"WWW-Authenticate": BEARER + detail})


class InsufficientScope(ApiError):
    """A valid token without the scope that this operation needs (RFC 6750, section 3.1)."""

    status = 403
    error = "InsufficientScope"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"The access token lacks the scope {scope}.",
            headers={"WWW-Authenticate": f'{BEARER}, error="insufficient_scope", scope="{scope}"'},
        )


class ForbiddenOrigin(ApiError):
    """A request with the refresh cookie from a page that may not make one."""

    status = 403
    error = "ForbiddenOrigin"


class NotFound(ApiError):
    """A path that has nothing for this client."""

    status = 404
    error = "NotFound"


class ServerMisconfigured(ApiError):
    """A fault that only the operator can correct; only the log tells which, by `cause`."""

    status = 500
    error = "ServerMisconfigured"

    def __init__(self, cause: str) -> None:
        message = "The server's Cognito settings are wrong; its log says which."
        super().__init__(message, cause=cause)


class UpstreamError(ApiError):
    """Cognito failed, or its answer cannot be read."""

    status = 502
    error = "UpstreamError"


class UpstreamUnavailable(ApiError):
    """No connection to Cognito: the request did not reach it, so nothing happened."""

    status = 503
    error = "UpstreamUnavailable"

    def __init__(self, message: str, *, cause: str | None = None, retry_after: int = 5) -> None:
        super().__init__(message, cause=cause, headers={"Retry-After": str(retry_after)})


class UpstreamTimeout(ApiError):
    """No answer from Cognito in time: the operation may have happened."""

    status = 504
    error = "UpstreamTimeout"
