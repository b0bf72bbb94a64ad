"""Functions that build operations, with the responses that all of a kind have."""

from typing import Any

from app.swagger.building import Schema, ref
from app.swagger.responses import BODY_TOO_LARGE, FROM_COGNITO, INVALID_INPUT, TOKEN_REFUSED

BEARER = "bearer"


def operation(
    operation_id: str,
    tag: str,
    summary: str,
    description: str,
    responses: dict[str, Schema],
    *,
    body: str | None = None,
    example: Schema | None = None,
    parameters: tuple[Schema, ...] = (),
    bearer: bool = False,
    body_optional: bool = False,
    bearer_optional: bool = False,
) -> Schema:
    """Describe an operation; its operationId is the name of its view."""
    schema: Schema = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "responses": dict(sorted(responses.items())),
        "security": [{BEARER: []}] if bearer else [],
    }
    if bearer_optional:  # a session in the body takes the token's place
        schema["security"].append({})
    if body:
        content = {"application/json": {"schema": ref(body), "example": example}}
        schema["requestBody"] = {"required": not body_optional, "content": content}
        schema["responses"]["413"] = BODY_TOO_LARGE
    if parameters:
        schema["parameters"] = list(parameters)
    return schema


def bearer_operation(
    operation_id: str,
    tag: str,
    summary: str,
    description: str,
    ok: Schema,
    *,
    refusals: dict[str, Schema] | None = None,
    **rest: Any,
) -> Schema:
    """Describe an operation of Cognito's that takes the user's access token."""
    responses = {
        "200": ok,
        "400": INVALID_INPUT,
        "401": TOKEN_REFUSED,
        **FROM_COGNITO,
        **(refusals or {}),
    }
    return operation(operation_id, tag, summary, description, responses, bearer=True, **rest)
