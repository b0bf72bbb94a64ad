"""Functions that build the parts of the document: schemas, responses and parameters."""

from typing import Any

Schema = dict[str, Any]
Paths = dict[str, dict[str, Schema]]

# Schemas


def string(description: str, example: str, **limits: Any) -> Schema:
    """Describe a string by its meaning, an example and its limits."""
    return {"type": "string", "description": description, "example": example, **limits}


def one_of(description: str, *values: str) -> Schema:
    """Describe a string that is one of these values; the first is the example."""
    longest = max(len(value) for value in values)
    return string(description, values[0], maxLength=longest, enum=list(values))


def date_time(description: str) -> Schema:
    """Describe a time as the API writes it: ISO 8601, in UTC."""
    return string(description, "2026-01-31T12:00:00+00:00", format="date-time")


def integer(description: str, example: int, **limits: int) -> Schema:
    """Describe a whole number of 32 bits."""
    about = {"description": description, "example": example}
    return {"type": "integer", "format": "int32", **about, **limits}


def seconds_since_1970(description: str, example: int) -> Schema:
    """Describe a JWT's NumericDate (RFC 7519, section 2)."""
    return {"type": "integer", "format": "int64", "description": description, "example": example}


def boolean(description: str, example: bool) -> Schema:
    """Describe a switch."""
    return {"type": "boolean", "description": description, "example": example}


def list_of(description: str, *example: str) -> Schema:
    """Describe a list of strings."""
    items = {"type": "string"}
    return {"type": "array", "description": description, "items": items, "example": list(example)}


def object_of(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object whose members are all required, except the optional ones."""
    required = [name for name in properties if name not in optional]
    schema = {"type": "object", "properties": properties}
    return schema | {"required": required} if required else schema


def open_object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object of Cognito's by its known members; it may have others."""
    return {**object_of(properties, optional=optional), "additionalProperties": True}


def some_of(description: str, properties: dict[str, Schema]) -> Schema:
    """Describe an object that has at least one of these members.

    The document says that it is not empty; `web.schema` checks that the member is one of these.
    `anyOf` with `required` could say both, but client generators turn that into `unknown` or `Any`.
    """
    schema = {"type": "object", "description": description, "properties": properties}
    return {**schema, "minProperties": 1}


def anything(description: str, example: dict[str, Any]) -> Schema:
    """Describe an object that the API passes on unchecked."""
    schema = {"type": "object", "description": description, "additionalProperties": True}
    return {**schema, "example": example}


def strings_by_name(description: str, example: dict[str, str], **limits: Any) -> Schema:
    """Describe an object whose members are strings under any names."""
    schema = {"type": "object", "description": description, "example": example}
    return {**schema, "additionalProperties": {"type": "string", **limits}}


def page_of(items: str, schema: str) -> Schema:
    """Describe one page of a list of objects, with the token for the next page."""
    return object_of(
        {
            items: {"type": "array", "items": ref(schema)},
            "next_token": string("For the next page; absent on the last.", "eyJhbGciOi"),
        },
        optional=("next_token",),
    )


def ref(schema: str) -> Schema:
    """Refer to a schema by its name."""
    return {"$ref": f"#/components/schemas/{schema}"}


# Responses


def response(description: str, schema: str, example: Any) -> Schema:
    """Describe a JSON response by its schema and an example."""
    content = {"application/json": {"schema": ref(schema), "example": example}}
    return {"description": description, "content": content}


def error_response(description: str, error: str, message: str, **more: Any) -> Schema:
    """Describe an error response by an example; `more` are further members of it."""
    return response(description, "ApiError", {"error": error, "message": message, **more})


def header(name: str, description: str) -> dict[str, Schema]:
    """Describe the one header that a response always has."""
    return {"headers": {name: {"description": description, "schema": {"type": "string"}}}}


def done(message: str) -> Schema:
    """Describe a success whose answer is a message only."""
    return response("Done.", "MessageResponse", {"message": message})


# Parameters


def query_parameter(name: str, schema: Schema) -> Schema:
    """Describe an optional query parameter."""
    return {"name": name, "in": "query", **_shown(schema), "schema": schema}


def path_parameter(name: str, schema: Schema) -> Schema:
    """Describe a part of the path."""
    return {"name": name, "in": "path", "required": True, **_shown(schema), "schema": schema}


def _shown(schema: Schema) -> Schema:
    # Documentation pages and importers read these from the parameter, not from its schema.
    return {"description": schema["description"], "example": schema["example"]}
