"""The document as client generators need it, and its limits against those of Cognito's model."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.model import Shape
from flask.testing import FlaskClient
from openapi_schema_validator import OAS30Validator

from app.swagger import SPEC
from app.swagger.fields import MAX_LENGTH
from tests.support.cognito_model import model
from tests.support.keys import make_token
from tests.support.routes import ROUTES, WITH_A_BODY
from tests.support.upstream import Upstream

Schema = dict[str, Any]
SCHEMAS: dict[str, Schema] = SPEC["components"]["schemas"]
PARAMETERS = {
    f"{route.name} {parameter['name']}": parameter
    for route in ROUTES.values()
    for parameter in route.parameters
}
BODIES = {route.name: route.schema_name for route in WITH_A_BODY.values()}


def parts(name: str, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Walk over a schema and all that it holds, each part with its place; references stay."""
    yield name, schema
    for member, part in schema.get("properties", {}).items():
        yield from parts(f"{name}.{member}", part)
    if "items" in schema:
        yield from parts(f"{name}[]", schema["items"])
    if isinstance(others := schema.get("additionalProperties"), dict):
        yield from parts(f"{name}.*", others)


def schemas_of(names: Iterator[str] | list[str]) -> dict[str, Schema]:
    return {place: part for name in names for place, part in parts(name, SCHEMAS[name])}


ALL = schemas_of(list(SCHEMAS)) | {name: p["schema"] for name, p in PARAMETERS.items()}
SENT = schemas_of(sorted(set(BODIES.values()))) | {n: p["schema"] for n, p in PARAMETERS.items()}


class TestForGenerators:
    def test_every_schema_has_one_type(self) -> None:
        """Combined schemas become `unknown`, `Any` or nothing at all in one client or another."""
        assert [p for p, s in ALL.items() if ("type" in s) == ("$ref" in s)] == []
        assert [p for p, s in ALL.items() if {"anyOf", "oneOf", "allOf", "not"} & s.keys()] == []

    def test_an_object_without_members_says_what_it_may_hold(self) -> None:
        """To openapi-typescript it could hold nothing otherwise."""
        objects = {place: s for place, s in ALL.items() if s.get("type") == "object"}

        assert len(objects) > len(SCHEMAS)
        assert [
            place
            for place, schema in objects.items()
            if not schema.get("properties") and "additionalProperties" not in schema
        ] == []

    def test_every_example_satisfies_its_schema(self) -> None:
        examples = {place: s for place, s in ALL.items() if "example" in s}

        assert len(examples) > 100
        for place, schema in examples.items():
            validator = OAS30Validator({**schema, "components": SPEC["components"]})
            assert list(validator.iter_errors(schema["example"])) == [], place

    def test_every_number_has_a_format(self) -> None:
        formats = {place: s["format"] for place, s in ALL.items() if s.get("type") == "integer"}

        assert set(formats.values()) == {"int32", "int64"}
        assert [place for place, s in ALL.items() if s.get("type") == "number"] == []

    @pytest.mark.parametrize("name", PARAMETERS)
    def test_every_parameter_is_described_and_has_an_example(self, name: str) -> None:
        parameter = PARAMETERS[name]

        assert parameter["description"].endswith(".")
        assert parameter["example"] == parameter["schema"]["example"]

    def test_every_tag_is_described_and_used(self) -> None:
        described = {tag["name"]: tag["description"] for tag in SPEC["tags"]}

        assert all(text.endswith(".") for text in described.values())
        assert described.keys() == {tag for route in ROUTES.values() for tag in route.spec["tags"]}

    def test_no_schema_has_the_name_of_a_global_of_javascript(self) -> None:
        assert {"Error", "Map", "Set", "Date", "Object", "Request", "Response"}.isdisjoint(SCHEMAS)

    def test_a_challenge_can_be_sent_back_as_it_came(self) -> None:
        answered = SCHEMAS["ChallengeResponse"]["properties"]
        accepted = SCHEMAS["ChallengeRequest"]["properties"]

        for name in ("challenge", "session", "username"):
            assert answered[name]["type"] == accepted[name]["type"] == "string"
            assert answered[name].get("nullable") == accepted[name].get("nullable")
            assert "enum" not in answered[name].keys() | accepted[name].keys()

    @pytest.mark.parametrize("path", SPEC["paths"])
    def test_a_path_takes_the_methods_that_are_listed(self, api: FlaskClient, path: str) -> None:
        listed = {method.upper() for method in SPEC["paths"][path]}
        variables = {p["name"]: p["example"] for p in PARAMETERS.values() if p["in"] == "path"}
        if path == "/profile/{attribute}":  # the last example of that name has a path of its own
            variables["attribute"] = "name"

        response = api.options(path.format_map(variables))

        implied = {"OPTIONS", "HEAD"} if "GET" in listed else {"OPTIONS"}
        assert set(response.allow) == listed | implied

    def test_the_licence_is_named(self) -> None:
        assert SPEC["info"]["license"]["name"] == "MIT"


class Member(NamedTuple):
    """A member of a request, and the request that has it."""

    operation: str
    name: str
    schema: Schema
    value: object


def members() -> Iterator[Member]:
    """List the strings and numbers of all requests."""
    for place, parameter in PARAMETERS.items():
        operation, name = place.split()
        yield Member(operation, name, parameter["schema"], parameter["example"])
    for operation, body in BODIES.items():
        for name, schema in SCHEMAS[body]["properties"].items():
            if schema["type"] == "string":
                yield Member(operation, name, schema, schema["example"])
            elif isinstance(values := schema.get("additionalProperties"), dict):
                yield Member(operation, name, values, "a-value")


MEMBERS = [
    member
    for member in members()
    if "enum" not in member.schema
    and "Hosted login" not in ROUTES[member.operation].spec["tags"]  # the hosted UI has no model
]
# Members that the API uses itself, or that have a limit of their own: an address is a user name.
KEPT = {"refresh email", "set_up_totp account"}
USERNAMES = {"update_email email"}
# What else has to be in the body for the member to be sent.
WITH = {"start srp_a": {"flow": "USER_SRP_AUTH"}}
# Shapes in the model of what the maps of a login hold, where the model says only: strings.
TYPES = {"USERNAME": "UsernameType", "PASSWORD": "PasswordType", "DEVICE_KEY": "DeviceKeyType"}


def leaves(value: Any, shape: Shape) -> Iterator[tuple[object, Shape]]:
    """Walk over a request to Cognito: each string or number with its shape in the model."""
    if shape.type_name == "structure":
        for name, item in value.items():
            yield from leaves(item, shape.members[name])
    elif shape.type_name == "list":
        for item in value:
            yield from leaves(item, shape.member)
    elif shape.type_name == "map":
        for name, item in value.items():
            yield from leaves(item, model().shape_for(TYPES.get(name, shape.value.name)))
    else:
        yield value, shape


class TestLimits:
    def test_every_string_of_a_request_has_one(self) -> None:
        assert [
            p for p, s in SENT.items() if s.get("type") == "string" and "maxLength" not in s
        ] == []

    @pytest.mark.parametrize(
        "member",
        MEMBERS,
        ids=lambda member: f"{member.operation} {member.name}",
    )
    def test_they_are_those_of_cognitos_model(
        self, api: FlaskClient, upstream: Upstream, member: Member
    ) -> None:
        """Where the model has none, or one that no body could reach, there is one even so."""
        shapes = self.shapes(api, upstream, member)

        if f"{member.operation} {member.name}" in KEPT:
            assert shapes == []
            return
        assert shapes, "the member did not reach Cognito"
        if f"{member.operation} {member.name}" in USERNAMES:
            shapes = [model().shape_for("UsernameType")]
        if member.schema["type"] == "integer":
            assert member.schema["maximum"] == min(shape.metadata["max"] for shape in shapes)
            return
        longest = min(shape.metadata.get("max", MAX_LENGTH) for shape in shapes)
        shortest = max(shape.metadata.get("min", 0) for shape in shapes)
        if longest < MAX_LENGTH:
            assert member.schema["maxLength"] == longest
        assert member.schema["maxLength"] <= MAX_LENGTH
        assert member.schema.get("minLength", 0) >= shortest

    def shapes(self, api: FlaskClient, upstream: Upstream, member: Member) -> list[Shape]:
        """Send a good request with this member; return the shapes under which it went on."""
        route = ROUTES[member.operation]
        places = {parameter["name"]: parameter["in"] for parameter in route.parameters}
        place = places.get(member.name, "body")
        headers = {"Authorization": f"Bearer {make_token()}"}
        if {} in route.spec["security"] and member.name == "session":
            headers = {}  # the session replaces the token
        body = route.body
        if body is not None:
            whole = SCHEMAS[route.schema_name]["properties"].get(member.name, {})
            # The one name that a map of attributes, of responses and of metadata may all hold.
            value = {"name": member.value} if whole.get("type") == "object" else member.value
            body = body | ({member.name: value} if place == "body" else {})
            body |= WITH.get(f"{member.operation} {member.name}", {})
        query = {member.name: member.value} if place == "query" else {}

        response = api.open(
            route.url, method=route.method, json=body, query_string=query, headers=headers
        )

        assert response.status_code == 200, response.json
        (request,) = upstream.calls("cognito")
        shape = model().operation_model(request.operation).input_shape
        return [leaf for value, leaf in leaves(request.json, shape) if value == member.value]
