"""The document with REFRESH_COOKIE, where no body has a refresh token."""

from copy import deepcopy
from typing import Any

from app.swagger.building import header

NAME = "refresh_token"
REFUSED = {NAME: "must be left out: this server keeps it in a cookie"}
USE_IT = ("/auth/refresh", "/auth/logout")


def in_cookies(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the document of an API that keeps refresh tokens in cookies.

    It is another document instead of one with optional members, so that a client that is generated
    from either has the members that are there, and no others.
    """
    changed = deepcopy(spec)
    schemas = changed["components"]["schemas"]
    for name in ("TokenResponse", "RefreshRequest", "LogoutRequest"):
        _leave_out(schemas[name])
    for name in ("RefreshRequest", "LogoutRequest"):
        schemas[name]["x-refused"] = REFUSED
    for path in changed["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                _set_cookie(response)
    for path in USE_IT:
        _use_cookie(changed["paths"][path]["post"])
    return changed


def _leave_out(schema: dict[str, Any]) -> None:
    del schema["properties"][NAME]
    schema["required"].remove(NAME)
    if not schema["required"]:
        del schema["required"]  # OpenAPI does not allow an empty list here


def _set_cookie(response: dict[str, Any]) -> None:
    for content in response.get("content", {}).values():
        if content["schema"]["$ref"].endswith("/TokenResponse"):
            response.update(header("Set-Cookie", "The refresh token, which no script can read."))
            content["example"] = _without_token(content["example"])


def _use_cookie(operation: dict[str, Any]) -> None:
    operation["description"] += (
        " The refresh token is in the cookie of this server, which the request must bring along, "
        "from this server's origin or one of its CORS_ORIGINS: else it is 403 `ForbiddenOrigin`."
    )
    body = operation["requestBody"]
    body["required"] = False
    content = body["content"]["application/json"]
    content["example"] = _without_token(content["example"])


def _without_token(example: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in example.items() if name != NAME}
