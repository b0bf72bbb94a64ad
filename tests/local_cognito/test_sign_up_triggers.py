"""The triggers that see a new user first, from a file as `make run` takes one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_cognito import (
    PASSWORD,
    Cognito,
    Pools,
    new_email,
    refusal,
    run_cognito,
)

FUNCTIONS = '''
"""Triggers of a test."""

def pre_sign_up(event):
    attributes = event["request"]["userAttributes"]
    if "blocked" in attributes["email"]:
        raise ValueError("you are not welcome")
    event["response"]["autoConfirmUser"] = "confirmed" in attributes["email"]
    event["response"]["autoVerifyEmail"] = event["request"]["validationData"].get("code") == "x"
    return event


def user_migration(event):
    if event["userName"].startswith("old-"):
        event["response"]["userAttributes"] = {
            "email": event["userName"], "email_verified": "true",
        }
        event["response"]["finalUserStatus"] = "CONFIRMED"
    return event
'''
ARN = "arn:aws:lambda:us-east-1:000000000000:function:trigger"


@pytest.fixture(scope="module")
def cognito(environment: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cognito]:
    """Run a local Cognito with these functions."""
    file: Path = tmp_path_factory.mktemp("triggers") / "functions.py"
    file.write_text(FUNCTIONS)
    with run_cognito("--triggers", str(file)) as cognito:
        yield cognito


@pytest.fixture(scope="module")
def admin(cognito: Cognito) -> Any:
    """Give a boto3 client that signs with the key pair."""
    return cognito.boto3(signed=True)


@pytest.fixture(scope="module")
def public(cognito: Cognito) -> Any:
    """Give a boto3 client that signs nothing."""
    return cognito.boto3(signed=False)


@pytest.fixture
def pool(pools: Pools) -> str:
    """Give a pool with both triggers."""
    return pools.pool(
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        LambdaConfig={"PreSignUp": ARN, "UserMigration": ARN},
    )


def test_pre_sign_up_refuses_confirms_and_verifies(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, pool: str
) -> None:
    client = pools.client(pool)

    def sign_up(email: str, code: str) -> dict[str, Any]:
        answer: dict[str, Any] = public.sign_up(
            ClientId=client,
            Username=email,
            Password=PASSWORD,
            ValidationData=[{"Name": "code", "Value": code}],
        )
        return answer

    with pytest.raises(ClientError) as error:
        sign_up("blocked@example.com", "x")
    assert refusal(error.value) == (
        "UserLambdaValidationException",
        "PreSignUp failed with error you are not welcome.",
    )
    assert admin.list_users(UserPoolId=pool)["Users"] == []
    email = f"confirmed-{new_email()}"
    answer = sign_up(email, "x")
    assert answer["UserConfirmed"] is True
    assert "CodeDeliveryDetails" not in answer
    (user,) = admin.list_users(UserPoolId=pool)["Users"]
    assert user["UserStatus"] == "CONFIRMED"
    assert {"Name": "email_verified", "Value": "true"} in user["Attributes"]
    other = new_email()
    assert sign_up(other, "y")["UserConfirmed"] is False
    assert len(cognito.messages(other)) == 1


def test_pre_sign_up_sees_invited_users_and_confirms_none(admin: Any, pool: str) -> None:
    with pytest.raises(ClientError) as error:
        admin.admin_create_user(UserPoolId=pool, Username="blocked@example.com")
    assert refusal(error.value)[0] == "UserLambdaValidationException"
    user = admin.admin_create_user(UserPoolId=pool, Username=f"confirmed-{new_email()}")
    assert user["User"]["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_who_forgot_a_password_elsewhere_moves_in(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, pool: str
) -> None:
    client = pools.client(pool)
    email = f"old-{new_email()}"
    with pytest.raises(ClientError) as error:
        public.forgot_password(ClientId=client, Username=new_email())
    assert refusal(error.value)[0] == "UserNotFoundException"
    public.forgot_password(ClientId=client, Username=email)
    public.confirm_forgot_password(
        ClientId=client, Username=email, Password=PASSWORD, ConfirmationCode=cognito.code(email)
    )
    assert admin.admin_get_user(UserPoolId=pool, Username=email)["UserStatus"] == "CONFIRMED"
