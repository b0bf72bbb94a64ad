"""Answer every exception in one JSON shape: error, message, and more for some errors."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, jsonify
from werkzeug.exceptions import HTTPException

from app.errors import BEARER, ApiError, ServerMisconfigured

log = logging.getLogger(__name__)

# Our names and messages for Flask's and Werkzeug's errors, by status.
HTTP_ERRORS = {
    404: ("NotFound", "There is nothing at this path."),
    405: ("MethodNotAllowed", "This path does not take this method."),
    413: ("PayloadTooLarge", "The body is larger than 64 kB."),
}


def init_app(app: Flask) -> None:
    """Answer every error of the app in the one JSON shape."""
    app.register_error_handler(ApiError, _answer_api_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_fault)


def _answer_api_error(error: ApiError) -> Response:
    if error.status >= 500:
        # For a wrong setting the cause says everything; a stack would add nothing.
        stack = None if isinstance(error, ServerMisconfigured) else error
        log.error("%s: %s %s", error.error, error.message, error.cause or "", exc_info=stack)
    elif error.cause:
        log.warning("%s", error.cause)
    if error.status == 401:  # every 401 carries a challenge: RFC 9110, section 15.5.2
        error.headers.setdefault("WWW-Authenticate", BEARER)
    return _answer(error.status, error.error, error.message, error.headers, error.members)


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    name, message = HTTP_ERRORS.get(status, ("InvalidRequest", "The request cannot be understood."))
    if status >= 500:
        return _answer_fault(error)
    kept = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}
    return _answer(status, name, message, kept, {})


def _answer_fault(error: Exception) -> Response:
    """Answer 500 for a defect of this program; only the log gets the stack."""
    log.error("Unexpected %s", type(error).__name__, exc_info=error)
    return _answer(500, "InternalError", "Something went wrong on our side.", {}, {})


def _answer(
    status: int, error: str, message: str, headers: Mapping[str, str], members: Mapping[str, Any]
) -> Response:
    g.error = error
    response = jsonify({"error": error, "message": message, **members})
    response.status_code = status
    response.headers.update(headers)
    return response
