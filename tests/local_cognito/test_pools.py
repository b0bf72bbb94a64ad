"""Pools, app clients and users through the control operations."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_cognito import PASSWORD, Cognito, Pools, refusal


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
    with pytest.raises(ClientError) as error:
        admin.describe_user_pool_client(UserPoolId=pools.pool(), ClientId=client)
    assert refusal(error.value) == (
        "ResourceNotFoundException",
        "User pool client does not exist.",
    )
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
    assert user["UserCreateDate"] == user["UserLastModifiedDate"]
    assert [message["subject"] for message in cognito.messages(email)] == [
        "Your temporary password"
    ]
    assert admin.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"] == [user]


def test_an_invitation_is_sent_again_with_another_password(
    admin: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(UsernameAttributes=["email"])
    invited = {"UserPoolId": pool, "Username": email}
    admin.admin_create_user(**invited)
    with pytest.raises(ClientError) as error:
        admin.admin_create_user(**invited)
    assert refusal(error.value) == ("UsernameExistsException", "User account already exists")
    admin.admin_create_user(**invited, MessageAction="RESEND")
    first, second = (message["body"] for message in cognito.messages(email))
    assert first.startswith(f"Your username is {email} and temporary password is ")
    assert first != second
    admin.admin_set_user_password(**invited, Password=PASSWORD, Permanent=True)
    with pytest.raises(ClientError) as error:
        admin.admin_create_user(**invited, MessageAction="RESEND")
    assert refusal(error.value)[0] == "UnsupportedUserStateException"


def test_an_invited_user_without_a_password_signs_in_with_codes(
    admin: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = pools.pool(UsernameAttributes=["email"], Policies=factors)
    user = admin.admin_create_user(UserPoolId=pool, Username=email)["User"]
    assert user["UserStatus"] == "CONFIRMED"
    assert "password" not in cognito.messages(email)[0]["body"]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ('email = "ann@example.com"', ["ann"]),
        ('email ^= "a"', ["ann"]),
        ('username ^= "b"', ["bob"]),
        ('cognito:user_status = "CONFIRMED"', ["ann", "bob"]),
        ('status = "Disabled"', ["bob"]),
        ('given_name = "the \\"real\\" Bob"', ["bob"]),
        ('name = "nobody"', []),
        ("", ["ann", "bob"]),
    ],
)
def test_users_are_listed_by_a_filter(
    admin: Any, pools: Pools, filter_: str, expected: list[str]
) -> None:
    pool = pools.pool()
    pools.user(pool, "ann", email="ann@example.com")
    pools.user(pool, "bob", email="bob@example.com", given_name='the "real" Bob')
    admin.admin_disable_user(UserPoolId=pool, Username="bob")
    users = admin.list_users(UserPoolId=pool, Filter=filter_)["Users"]
    assert [user["Username"] for user in users] == expected


@pytest.mark.parametrize(
    "filter_", ["email", "email = ann", 'custom:team = "x"', 'email = "a" and name = "b"']
)
def test_a_filter_that_cannot_be_parsed_is_refused(admin: Any, pools: Pools, filter_: str) -> None:
    with pytest.raises(ClientError) as error:
        admin.list_users(UserPoolId=pools.pool(), Filter=filter_)
    assert refusal(error.value) == (
        "InvalidParameterException",
        "Error while parsing filter.",
    )


def test_a_long_list_comes_in_pages(admin: Any, pools: Pools) -> None:
    pool = pools.pool()
    names = [f"user-{number}" for number in range(5)]
    for name in names:
        pools.user(pool, name)
    listed, more = [], {}
    while True:
        page = admin.list_users(UserPoolId=pool, Limit=2, AttributesToGet=["sub"], **more)
        listed += [user["Username"] for user in page["Users"]]
        if "PaginationToken" not in page:
            break
        more = {"PaginationToken": page["PaginationToken"]}
    assert listed == names


def test_groups_have_members_until_they_are_deleted(admin: Any, pools: Pools) -> None:
    pool = pools.pool()
    user = pools.user(pool)
    for name in ("writers", "readers"):
        admin.create_group(UserPoolId=pool, GroupName=name)
        admin.admin_add_user_to_group(UserPoolId=pool, GroupName=name, Username=user)
    members = admin.list_users_in_group(UserPoolId=pool, GroupName="writers")["Users"]
    assert [member["Username"] for member in members] == [user]
    admin.delete_group(UserPoolId=pool, GroupName="writers")
    groups = admin.admin_list_groups_for_user(UserPoolId=pool, Username=user)["Groups"]
    assert [group["GroupName"] for group in groups] == ["readers"]
    admin.admin_remove_user_from_group(UserPoolId=pool, GroupName="readers", Username=user)
    assert admin.list_users_in_group(UserPoolId=pool, GroupName="readers")["Users"] == []


def test_a_pool_has_one_prefix_and_one_domain_of_its_own(admin: Any, pools: Pools) -> None:
    pool, other = pools.pool(), pools.pool()
    prefix, domain = uuid.uuid4().hex, uuid.uuid4().hex
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/1"
    custom = {"Domain": domain, "CustomDomainConfig": {"CertificateArn": certificate}}
    admin.create_user_pool_domain(UserPoolId=pool, Domain=prefix)
    admin.create_user_pool_domain(UserPoolId=pool, **custom)
    described = admin.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert (described["Domain"], described["CustomDomain"]) == (prefix, domain)
    for pool_id, members, message in (
        (pool, {"Domain": "another"}, "User pool already has a domain configured."),
        (other, custom, "Domain already associated with another user pool."),
        (other, {"Domain": "my-cognito"}, "Domain cannot contain reserved word: cognito"),
    ):
        with pytest.raises(ClientError) as error:
            admin.create_user_pool_domain(UserPoolId=pool_id, **members)
        assert refusal(error.value) == ("InvalidParameterException", message)
    with pytest.raises(ClientError) as error:
        admin.delete_user_pool(UserPoolId=pool)
    assert refusal(error.value) == (
        "InvalidParameterException",
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
    )
    for name in (prefix, domain):
        admin.delete_user_pool_domain(UserPoolId=pool, Domain=name)
        described = admin.describe_user_pool_domain(Domain=name)
        assert described["DomainDescription"] == {}
    admin.delete_user_pool(UserPoolId=pool)


def test_a_protected_pool_is_not_deleted(admin: Any, pools: Pools) -> None:
    pool = pools.pool(DeletionProtection="ACTIVE")
    with pytest.raises(ClientError) as error:
        admin.delete_user_pool(UserPoolId=pool)
    assert refusal(error.value)[0] == "InvalidParameterException"
    admin.update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    admin.delete_user_pool(UserPoolId=pool)


def test_a_client_names_only_providers_and_attributes_that_the_pool_has(
    admin: Any, pools: Pools
) -> None:
    pool = pools.pool()
    google = {"SupportedIdentityProviders": ["COGNITO", "Google"]}
    for settings, message in (
        (google, f"The provider Google does not exist for User Pool {pool}."),
        (
            {"ReadAttributes": ["custom:team"]},
            "Invalid read attributes specified while creating a client",
        ),
        (
            {"WriteAttributes": ["email_verified"]},
            "Invalid write attributes specified while creating a client",
        ),
        (
            {"AccessTokenValidity": 2, "TokenValidityUnits": {"AccessToken": "seconds"}},
            "Invalid range for token validity: AccessTokenValidity.",
        ),
    ):
        with pytest.raises(ClientError) as error:
            pools.client(pool, **settings)
        assert refusal(error.value) == ("InvalidParameterException", message)
    provider = {
        "UserPoolId": pool,
        "ProviderName": "Google",
        "ProviderType": "Google",
        "ProviderDetails": {"client_id": "id", "client_secret": "secret"},
    }
    admin.create_identity_provider(**provider)
    with pytest.raises(ClientError) as error:
        admin.create_identity_provider(**provider)
    assert refusal(error.value)[0] == "DuplicateProviderException"
    admin.add_custom_attributes(
        UserPoolId=pool, CustomAttributes=[{"Name": "team", "AttributeDataType": "String"}]
    )
    pools.client(pool, **google, ReadAttributes=["custom:team"])


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        (
            {"Name": "email", "AttributeDataType": "Number"},
            "You can not change AttributeDataType or set developerOnlyAttribute for standard"
            " schema attribute email",
        ),
        (
            {"Name": "team", "AttributeDataType": "String", "Required": True},
            "Required custom attributes are not supported currently.",
        ),
        (
            {
                "Name": "team",
                "AttributeDataType": "String",
                "StringAttributeConstraints": {"MaxLength": "many"},
            },
            "MaxLength must be a whole number.",
        ),
        ({"AttributeDataType": "String"}, "An attribute needs a Name."),
    ],
)
def test_a_schema_that_makes_no_sense_is_refused(
    pools: Pools, attribute: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError) as error:
        pools.pool(Schema=[attribute])
    assert refusal(error.value) == ("InvalidParameterException", message)


def test_settings_that_are_not_sent_stay(admin: Any, pools: Pools) -> None:
    pool = pools.pool(AutoVerifiedAttributes=["email"], UserPoolTier="PLUS")
    client = pools.client(pool, "USER_AUTH", PreventUserExistenceErrors="ENABLED")
    admin.update_user_pool(
        UserPoolId=pool,
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
    )
    described = admin.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["AutoVerifiedAttributes"] == ["email"]
    assert described["Policies"]["PasswordPolicy"]["RequireSymbols"] is True
    assert described["UserPoolTier"] == "PLUS"
    updated = admin.update_user_pool_client(
        UserPoolId=pool, ClientId=client, AuthSessionValidity=5
    )["UserPoolClient"]
    assert updated["ExplicitAuthFlows"] == ["ALLOW_USER_AUTH"]
    assert updated["PreventUserExistenceErrors"] == "ENABLED"


def test_settings_that_say_nothing_leave_the_default(admin: Any, pools: Pools) -> None:
    pool = pools.pool(Policies={"SignInPolicy": {}}, UserAttributeUpdateSettings={})
    described = admin.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    pools.client(pool, PublishSecretsInAWSSecretsManager=False)
