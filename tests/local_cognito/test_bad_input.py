"""Whatever is sent, the answer is AWS's or a clear error, and what was answered is kept."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

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
