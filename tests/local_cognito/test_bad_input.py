"""Whatever is sent, the answer is AWS's or a clear error, and what was answered is kept."""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cognito.operations import OPERATIONS
from local.cognito.protocol import MODEL
from tests.support.local_cognito import PASSWORD, Cognito, Pools, new_name, refusal, run_cognito

NOT_JSON = {"__type": "SerializationException", "message": "The body is not JSON."}
NO_STRUCTURE = {"__type": "SerializationException", "message": "A structure was expected."}
NO_STRING = {"__type": "SerializationException", "message": "A string was expected."}
HALF = {
    "__type": "SerializationException",
    "message": "Half of a UTF-16 pair is not a character.",
}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", NOT_JSON),
        (b"\xff", NOT_JSON),
        (b'{"Username": NaN}', NOT_JSON),
        (b'{"a":' * 100_000, NOT_JSON),
        (b"null", NO_STRUCTURE),
        (b"[]", NO_STRUCTURE),
        (b'{"ClientId": "a", "Username": 1, "Password": "x"}', NO_STRING),
        (b'{"ClientId": "a", "Username": true, "Password": "x"}', NO_STRING),
        (b'{"ClientId": "a", "Username": ["x"], "Password": "x"}', NO_STRING),
        (b'{"ClientId": "a", "Username": "\\ud800", "Password": "x"}', HALF),
    ],
)
def test_a_body_that_is_no_input_is_refused(
    cognito: Cognito, body: bytes, expected: dict[str, str]
) -> None:
    answer = cognito.post("SignUp", body)
    assert (answer.status_code, answer.json()) == (400, expected)


def test_all_that_is_wrong_with_an_input_is_said_at_once(cognito: Cognito) -> None:
    answer = cognito.post("SignUp", {"ClientId": "", "Username": "a b", "Password": None})
    assert answer.json()["message"] == (
        "3 validation errors detected:"
        " Value at 'clientId' failed to satisfy constraint:"
        " Member must have length greater than or equal to 1;"
        " Value at 'clientId' failed to satisfy constraint:"
        " Member must satisfy regular expression pattern: [\\w+]+;"
        " Value at 'username' failed to satisfy constraint:"
        " Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+"
    )


def test_a_long_value_is_repeated_in_the_body_but_not_in_the_header(
    admin: Any, pools: Pools
) -> None:
    name = "x" * 100_000
    with pytest.raises(ClientError) as error:
        admin.create_group(UserPoolId=pools.pool(), GroupName=name)
    assert error.value.response["Error"]["Message"] == (
        f"1 validation error detected: Value '{name}' at 'groupName' failed to satisfy"
        " constraint: Member must have length less than or equal to 128"
    )
    headers = error.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert len(headers["x-amzn-errormessage"]) == 1024


def test_a_text_made_to_keep_a_pattern_busy_is_refused(admin: Any) -> None:
    with pytest.raises(ClientError) as error:
        admin.create_user_pool(
            PoolName="test", VerificationMessageTemplate={"EmailMessageByLink": "{##" * 6_600}
        )
    assert refusal(error.value)[0] == "InvalidParameterException"


@dataclass(frozen=True)
class Names:
    """What there is to name in an input, so that it is not refused for that alone."""

    values: dict[str, list[str]]

    def input(self, shape: Any, random: Random, member: str = "") -> Any:
        """Make up an input for a shape of the model: plausible for the most part."""
        kind = "anything" if random.random() < 0.02 else shape.type_name
        match kind:
            case "structure":
                return {
                    name: self.input(inner, random, name)
                    for name, inner in shape.members.items()
                    if name in shape.required_members or random.random() < 0.3
                }
            case "list":
                return [self.input(shape.member, random) for _ in range(random.randrange(3))]
            case "map":
                keys = random.sample(["USERNAME", "PASSWORD", "SRP_A", "ANSWER", "x"], 3)
                return {key: self.input(shape.value, random) for key in keys}
            case "string":
                texts = self.values.get(member) or shape.enum or []
                return random.choice([*texts, *texts, *STRANGE] if texts else STRANGE)
            case "integer" | "long":
                return random.choice([0, 1, 5, 60, -1, 2**40])
            case "boolean":
                return random.random() < 0.5
            case _:
                return random.choice([None, 1, 1.5, "x", [], {}, [[]], {"a": None}, True])


STRANGE = ["", "x", "\0", "ß", "İ", "a/b", "123456", "true", "a@example.com", "y" * 3_000]
# These would take away what the others are tried on.
ENDING = {
    *("AdminDeleteUser", "AdminDisableUser", "AdminUserGlobalSignOut", "DeleteUser"),
    *("DeleteUserPool", "DeleteUserPoolClient", "GlobalSignOut", "RevokeToken"),
}


@pytest.fixture(scope="module")
def names(admin: Any, public: Any) -> Names:
    """Give a pool with a client and a user who is signed in."""
    pools = Pools(admin)
    pool = pools.pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    client = pools.client(pool, "USER_PASSWORD_AUTH", "USER_AUTH", "USER_SRP_AUTH")
    user = pools.user(pool, email="ann@example.com", email_verified="true")
    tokens = public.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]
    return Names(
        {
            "UserPoolId": [pool],
            "ClientId": [client],
            "Username": [user, "ann@example.com", "bob"],
            "Password": [PASSWORD],
            "AccessToken": [tokens["AccessToken"]],
            "RefreshToken": [tokens["RefreshToken"]],
            "GroupName": ["group"],
            "Name": ["email", "name", "custom:team", "verified_email"],
            "PoolName": ["pool"],
            "ClientName": ["client"],
        }
    )


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - ENDING))
def test_no_made_up_input_meets_a_defect(cognito: Cognito, names: Names, operation: str) -> None:
    random = Random(operation)  # noqa: S311 - the same inputs in each run
    shape = MODEL.operation_model(operation).input_shape
    for _ in range(10):
        made_up = names.input(shape, random)
        answer = cognito.post_signed(operation, made_up)
        assert answer.status_code in (200, 400), (made_up, answer.text)
        assert answer.status_code == 200 or answer.json()["__type"], answer.text


def test_what_was_answered_outlives_a_killed_process(environment: object, tmp_path: Path) -> None:
    name = new_name()
    options = ("--state", str(tmp_path / "state"))
    with run_cognito(*options) as cognito:
        pools = Pools(cognito.boto3(signed=True))
        pool = pools.pool()
        client = pools.client(pool, "USER_PASSWORD_AUTH")
        pools.user(pool, name)
        os.kill(cognito.pid, signal.SIGKILL)
    with run_cognito(*options) as cognito:
        answer = cognito.post(
            "InitiateAuth",
            {
                "ClientId": client,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD},
            },
        )
        token = answer.json()["AuthenticationResult"]["AccessToken"]
    with run_cognito(*options) as cognito:
        answer = cognito.post("GetUser", {"AccessToken": token})
        assert json.loads(answer.text)["Username"] == name
