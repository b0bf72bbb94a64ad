"""How answers are written, and what identifiers look like.

Lengths hold for us-east-1 and for a username of ten characters, which is what the rows use.
"""

from collections.abc import Callable

from walk.recorded.expect import Expectation, Form, envelope, includes, status_is
from walk.recorded.given import (
    TEMPORARY,
    admin,
    client,
    confirmed,
    invited,
    new_name,
    password_sign_in,
    pool,
    srp_sign_in,
)
from walk.recorded.row import Row
from walk.recorded.rows.admin import create
from walk.recorded.rows.groups import NAMED
from walk.recorded.rows.groups import create as create_group
from walk.recorded.rows.pools import CREATE_POOL, create_client
from walk.recorded.rows.rotation import P, rotate
from walk.recorded.scene import Scene, call
from walk.recorded.wire import CannotReplayError, HttpAnswer

CONFIRMED = (pool(), client(), confirmed())
SUB = Form(
    "a sub as us-east-1 makes them",
    r"([0-9a-f][48]){4}-[0-9a-f]{3}1-70[0-9a-f]{2}-[0-9a-f]{4}-[0-9a-f]{12}",
)


def written(scene: Scene, answer: HttpAnswer) -> list[str]:
    """Expect compact JSON, members in alphabetical order, and dates as 1.790257792556E9."""
    return status_is(200, answer) + envelope(answer)


def body_is(text: str, status: int = 200) -> Expectation:
    """Expect a status, and the body to be this, byte by byte."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        body = answer.body.decode(errors="replace")
        differences = [] if body == text else [f"body {body[:200]}, not {text}"]
        return status_is(status, answer) + differences

    return expectation


def in_us_east_1(scene: Scene) -> None:
    """Go on only in the region of the recordings, whose name is part of what is measured."""
    if scene.endpoint.region != "us-east-1":
        raise CannotReplayError("the lengths were measured in us-east-1")


def length(what: str, of: Callable[[Scene], str], *lengths: int) -> Expectation:
    """Expect a value to have one of these lengths."""

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        size = len(of(scene))
        differences = [] if size in lengths else [f"{what} has {size} characters, not {lengths[0]}"]
        return status_is(200, answer) + differences

    return expectation


OPAQUE = "nobody reads it but Cognito, and the local one puts less into it"

ROWS = (
    Row(
        "LOG/envelope-of-an-error",
        (pool(), client(), new_name()),
        password_sign_in(),
        body_is('{"__type":"UserNotFoundException","message":"User does not exist."}', 400),
    ),
    Row("LOG/envelope-of-tokens", CONFIRMED, password_sign_in(), written),
    Row(
        "LOG/envelope-of-a-challenge",
        (pool(), client(), invited()),
        password_sign_in(TEMPORARY),
        written,
    ),
    Row("LOG/envelope-of-srp", CONFIRMED, srp_sign_in(), written),
    Row("LOG/envelope-of-CreateUserPool", (), CREATE_POOL, written),
    Row("LOG/envelope-of-CreateUserPoolClient", pool(fresh=True), create_client(), written),
    Row("LOG/envelope-of-AdminGetUser", CONFIRMED, admin("AdminGetUser"), written),
    Row("LOG/envelope-of-AdminCreateUser", (pool(), new_name()), create(), written),
    Row(
        "LOG/envelope-of-ListUsers",
        (pool(fresh=True), confirmed()),
        call("ListUsers", {"UserPoolId": "$pool"}),
        written,
    ),
    Row("GRP/envelope-of-CreateGroup", NAMED, create_group(), written),
    Row(
        "LOG/envelope-of-nothing",
        CONFIRMED,
        admin("AdminDisableUser"),
        body_is("{}"),
    ),
    Row("LOG/envelope-of-no-shape", CONFIRMED, admin("AdminDeleteUser"), body_is("")),
    Row(
        "LOG/form-of-sub",
        (in_us_east_1, pool(), new_name()),
        create(),
        includes({"User.Attributes.0.Value": SUB}),
    ),
    Row(
        "LOG/length-of-session",
        (in_us_east_1, pool(), client(), invited()),
        password_sign_in(TEMPORARY),
        length("Session", lambda scene: scene["session"], 826),
        unmet=OPAQUE,
    ),
    Row(
        "LOG/length-of-secret-block",
        CONFIRMED,
        srp_sign_in(),
        length("SECRET_BLOCK", lambda scene: scene["secret_block"], 2572, 2568, 2564),
        unmet=OPAQUE,
    ),
    Row(
        "LOG/length-of-secret-block-of-zero",
        CONFIRMED,
        srp_sign_in(a="0"),
        length("SECRET_BLOCK", lambda scene: scene["secret_block"], 1340),
        unmet=OPAQUE,
    ),
    Row(
        "LOG/length-of-access-token",
        (in_us_east_1, CONFIRMED),
        password_sign_in(),
        length("AccessToken", lambda scene: scene["access"], 1033, 1032, 1031),
    ),
    Row(
        "LOG/length-of-id-token",
        (in_us_east_1, CONFIRMED),
        password_sign_in(),
        length("IdToken", lambda scene: scene["id"], 977, 976, 975),
    ),
    Row(
        "LOG/length-of-refresh-token",
        (in_us_east_1, CONFIRMED),
        password_sign_in(),
        length("RefreshToken", lambda scene: scene["refresh"], 1733, 1731),
        unmet=OPAQUE,
    ),
    Row(
        "ROT/length-of-rotated-refresh-token",
        (in_us_east_1, P),
        rotate("p", "c1"),
        length("RefreshToken", lambda scene: scene["refresh_c1"], 1830, 1829, 1825),
        unmet=OPAQUE,
    ),
)
