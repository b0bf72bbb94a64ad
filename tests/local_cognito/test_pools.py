"""Pools, app clients and users through the control operations."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_cognito import Cognito, Pools, refusal


def test_a_pool_and_its_clients_are_created_described_listed_and_deleted(
    admin: Any, pools: Pools
) -> None:
    pool = pools.pool()
    client = pools.client(pool, "USER_AUTH")
    described = admin.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Name"] == "test"
    assert described["UserPoolTier"] == "ESSENTIALS"
    assert admin.list_user_pool_clients(UserPoolId=pool, MaxResults=10)["UserPoolClients"] == [
        {"ClientId": client, "ClientName": "test", "UserPoolId": pool}
    ]
    admin.delete_user_pool_client(UserPoolId=pool, ClientId=client)
    admin.delete_user_pool(UserPoolId=pool)
    with pytest.raises(ClientError) as error:
        admin.describe_user_pool(UserPoolId=pool)
    assert refusal(error.value) == (
        "ResourceNotFoundException",
        f"User pool {pool} does not exist.",
    )


def test_an_invited_user_gets_a_mail_with_a_password(
    admin: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(UsernameAttributes=["email"])
    user = admin.admin_create_user(UserPoolId=pool, Username=email)["User"]
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert [message["subject"] for message in cognito.messages(email)] == [
        "Your temporary password"
    ]
    assert admin.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"] == [user]
