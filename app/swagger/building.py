"""How the document is written: one function for each kind of thing in it."""

from typing import Any

Schema = dict[str, Any]
Paths = dict[str, dict[str, Schema]]

# Schemas


def string(description: str, example: str, **limits: Any) -> Schema:
    """Describe a string by its meaning, an example and its limits."""
    return {"type": "string", "description": description, "example": example, **limits}


def object_of(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object whose members are all required, except the optional ones."""
    required = [name for name in properties if name not in optional]
    found = {"type": "object", "properties": properties}
    return found | {"required": required} if required else found


def one_of(description: str, *values: str) -> Schema:
    """Describe a string that is one of these values; the first is the example."""
    return {**string(description, values[0]), "enum": list(values)}


def list_of(description: str, example: str) -> Schema:
    """Describe a list of strings."""
    items = {"type": "string"}
    return {"type": "array", "description": description, "items": items, "example": [example]}


def factor(*more: str) -> Schema:
    """Describe the switches of one second factor."""
    switches = {name: {"type": "boolean", "example": True} for name in ("enabled", *more)}
    return {**object_of(switches, optional=("preferred",)), "additionalProperties": False}


def open_object(*names: str, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object of Cognito's by the members that matter; the others pass through."""
    members = {name: {"type": "string"} for name in (*names, *optional)}
    return {**object_of(members, optional=optional), "additionalProperties": True}


def page_of(items: str, *names: str, optional: tuple[str, ...] = ()) -> Schema:
    """Describe one page of a list of objects, with the token for the next page."""
    token = string("For the next page; absent on the last.", "eyJhbGciOi")
    return object_of(
        {
            items: {"type": "array", "items": open_object(*names, optional=optional)},
            "next_token": token,
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
    return response(description, "Error", {"error": error, "message": message, **more})


def header(name: str, description: str) -> dict[str, Schema]:
    """Describe the one header that a response always carries."""
    return {"headers": {name: {"description": description, "schema": {"type": "string"}}}}


def done(message: str) -> Schema:
    """Describe a success that only says so."""
    return response("Done.", "MessageResponse", {"message": message})


# Parameters


def query_parameter(name: str, description: str, **limits: Any) -> Schema:
    """Describe an optional query parameter."""
    schema = {"type": "string", **limits}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def path_parameter(name: str, schema: Schema) -> Schema:
    """Describe a part of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def paging(maximum: int | None) -> tuple[Schema, ...]:
    """Describe the parameters of a list; without a maximum, its pages have a fixed size."""
    limit = query_parameter(
        "limit", "How many at most.", type="integer", minimum=1, maximum=maximum
    )
    token = query_parameter(
        "next_token",
        "From the page before.",
        minLength=1,
        pattern=r"^\S+$",
        **{"x-problem": "must be the next_token of the page before"},
    )
    return (limit, token) if maximum else (token,)
