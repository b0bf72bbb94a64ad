"""Pools, app clients and their settings."""

from typing import Any

from walk.recorded.expect import (
    CLIENT_ID,
    NOTHING,
    POOL_ID,
    SECONDS,
    Expectation,
    Form,
    answered,
    compare,
    empty,
    includes,
    invalid,
    modified,
    refused,
    status_is,
)
from walk.recorded.given import (
    EVERY_FLOW,
    client,
    confirmed,
    delete_client,
    pool,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_up import PROFILES
from walk.recorded.scene import Call, Scene, call
from walk.recorded.wire import HttpAnswer

ARN = Form("the pool's ARN", r"arn:aws:cognito-idp:[a-z0-9-]+:\d{12}:userpool/[\w-]+_\w{9}")
SECRET = Form("a secret of 52 characters", r"[0-9a-z]{52}")


def _text(name: str, mutable: bool = True, required: bool = False, **length: str) -> dict[str, Any]:
    return {
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": mutable,
        "Name": name,
        "Required": required,
        "StringAttributeConstraints": length or {"MaxLength": "2048", "MinLength": "0"},
    }


def _flag(name: str) -> dict[str, Any]:
    return {
        "AttributeDataType": "Boolean",
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Name": name,
        "Required": False,
    }


STANDARD = (
    *("address", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name"),
    *("nickname", "phone_number", "picture", "preferred_username", "profile", "website"),
    "zoneinfo",
)
SCHEMA = {
    attribute["Name"]: attribute
    for attribute in (
        _text("sub", mutable=False, required=True, MaxLength="2048", MinLength="1"),
        _text("birthdate", MaxLength="10", MinLength="10"),
        _flag("email_verified"),
        _flag("phone_number_verified"),
        {
            "AttributeDataType": "Number",
            "DeveloperOnlyAttribute": False,
            "Mutable": True,
            "Name": "updated_at",
            "NumberAttributeConstraints": {"MinValue": "0"},
            "Required": False,
        },
        *(_text(name) for name in STANDARD),
    )
}
IDENTITIES = {**_text("identities"), "StringAttributeConstraints": {}}

POOL = {
    "AccountRecoverySetting": {
        "RecoveryMechanisms": [
            {"Name": "verified_email", "Priority": 1},
            {"Name": "verified_phone_number", "Priority": 2},
        ]
    },
    "AdminCreateUserConfig": {
        "AllowAdminCreateUserOnly": False,
        "UnusedAccountValidityDays": 7,
    },
    "Arn": ARN,
    "CreationDate": SECONDS,
    "DeletionProtection": "INACTIVE",
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "EstimatedNumberOfUsers": 0,
    "Id": POOL_ID,
    "IssuerConfiguration": {"Type": "ORIGINAL"},
    "KeyConfiguration": {"KeyType": "AWS_OWNED_KEY"},
    "LambdaConfig": {},
    "LastModifiedDate": SECONDS,
    "MfaConfiguration": "OFF",
    "Name": "recorded",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "RequireUppercase": True,
            "TemporaryPasswordValidityDays": 7,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
    },
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
    "UserPoolTier": "LITE",
    "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
}


def described(*more: dict[str, Any], **members: Any) -> Expectation:
    """Expect a whole UserPool; the order of the schema's attributes is left open."""
    schema = {**SCHEMA, **{attribute["Name"]: attribute for attribute in more}}

    def expectation(scene: Scene, answer: HttpAnswer) -> list[str]:
        actual = answer.part("UserPool.SchemaAttributes")
        if not isinstance(actual, list):
            return ["there is no schema"]
        named = {attribute["Name"]: attribute for attribute in actual}
        shown = {**answer.json["UserPool"], "SchemaAttributes": named}
        return status_is(200, answer) + compare(
            "UserPool", {**POOL, **members, "SchemaAttributes": schema}, shown
        )

    return expectation


CLIENT = {
    "AllowedOAuthFlowsUserPoolClient": False,
    "AuthSessionValidity": 3,
    "ClientId": CLIENT_ID,
    "ClientName": "plain",
    "CreationDate": SECONDS,
    "EnablePropagateAdditionalUserContextData": False,
    "EnableTokenRevocation": True,
    "LastModifiedDate": SECONDS,
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {},
    "UserPoolId": "$pool",
}
CREATE_POOL = call(
    "CreateUserPool",
    {"PoolName": "recorded", "UserPoolTier": "LITE"},
    keep={"pool": "UserPool.Id"},
)
DESCRIBE_POOL = call("DescribeUserPool", {"UserPoolId": "$pool"})
DELETE_POOL = call("DeleteUserPool", {"UserPoolId": "$pool"})


def create_client(**settings: Any) -> Call:
    """CreateUserPoolClient."""
    members = {"UserPoolId": "$pool", "ClientName": "plain", **settings}
    return call("CreateUserPoolClient", members, keep={"plain": "UserPoolClient.ClientId"})


def describe_client(client: str) -> Call:
    """DescribeUserPoolClient."""
    return call("DescribeUserPoolClient", {"UserPoolId": "$pool", "ClientId": f"${client}"})


def update_client_alone(client: str, **settings: Any) -> Call:
    """UpdateUserPoolClient with these members and no others."""
    members = {"UserPoolId": "$pool", "ClientId": f"${client}", **settings}
    return call("UpdateUserPoolClient", members)


FRESH = pool(fresh=True)
TWO_CLIENTS = (FRESH, client("plain", fresh=True), client("second", fresh=True))


def sorted_clients(scene: Scene, answer: HttpAnswer) -> list[str]:
    """Expect both clients, sorted by their ids."""
    ids = sorted([scene["plain"], scene["second"]])
    wanted = [
        {
            "ClientId": client_id,
            "ClientName": "plain" if client_id == scene["plain"] else "second",
            "UserPoolId": scene["pool"],
        }
        for client_id in ids
    ]
    return answered({"UserPoolClients": wanted})(scene, answer)


ROWS = (
    Row(
        "LOG/create-pool-defaults",
        (),
        CREATE_POOL,
        described(),
    ),
    Row(
        "LOG/describe-pool-defaults",
        FRESH,
        DESCRIBE_POOL,
        described(IDENTITIES, UserPoolTags={}),
    ),
    Row(
        "PRO/profile-describe-pool",
        PROFILES,
        DESCRIBE_POOL,
        described(
            IDENTITIES,
            {**_text("family_name", required=True)},
            {**_text("custom:team"), "StringAttributeConstraints": {}},
            {**_text("custom:tenant", mutable=False), "StringAttributeConstraints": {}},
            UserPoolTags={},
            EstimatedNumberOfUsers=Form("a number", r"\d+"),
        ),
    ),
    Row(
        "ADM/describe-alias-pool",
        (pool(fresh=True, AliasAttributes=["email", "preferred_username"]), confirmed()),
        DESCRIBE_POOL,
        includes(
            {
                "UserPool.AliasAttributes": ["email", "preferred_username"],
                "UserPool.EstimatedNumberOfUsers": 1,
            }
        ),
    ),
    Row(
        "LOG/cleanup-absence",
        (FRESH, DELETE_POOL),
        DESCRIBE_POOL,
        refused("ResourceNotFoundException", "User pool $pool does not exist."),
    ),
    Row(
        "LOG/update-pool",
        FRESH,
        call(
            "UpdateUserPool",
            {
                "UserPoolId": "$pool",
                "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
            },
        ),
        NOTHING,
    ),
    Row(
        "LOG/describe-after-update-pool",
        (
            FRESH,
            wait(1),
            call(
                "UpdateUserPool",
                {
                    "UserPoolId": "$pool",
                    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
                },
            ),
        ),
        DESCRIBE_POOL,
        (
            includes(
                {
                    "UserPool.AdminCreateUserConfig.AllowAdminCreateUserOnly": True,
                    "UserPool.Policies": POOL["Policies"],
                    "UserPool.UserPoolTier": "LITE",
                    "UserPool.VerificationMessageTemplate": POOL["VerificationMessageTemplate"],
                }
            ),
            modified("UserPool.CreationDate", "UserPool.LastModifiedDate"),
        ),
    ),
    Row(
        "ROT/rotation-upgrade-tier",
        FRESH,
        call("UpdateUserPool", {"UserPoolId": "$pool", "UserPoolTier": "ESSENTIALS"}),
        NOTHING,
    ),
    Row(
        "ROT/rotation-describe-after-upgrade",
        (FRESH, call("UpdateUserPool", {"UserPoolId": "$pool", "UserPoolTier": "ESSENTIALS"})),
        DESCRIBE_POOL,
        described(IDENTITIES, UserPoolTags={}, UserPoolTier="ESSENTIALS"),
    ),
    Row("LOG/create-client-defaults", FRESH, create_client(), answered({"UserPoolClient": CLIENT})),
    Row(
        "LOG/describe-client-defaults",
        (FRESH, create_client()),
        describe_client("plain"),
        answered({"UserPoolClient": CLIENT}),
    ),
    Row(
        "LOG/create-client-flows",
        FRESH,
        create_client(ExplicitAuthFlows=list(reversed(EVERY_FLOW))),
        answered({"UserPoolClient": {**CLIENT, "ExplicitAuthFlows": EVERY_FLOW}}),
    ),
    Row(
        "LOG/create-client-secret",
        FRESH,
        create_client(GenerateSecret=True),
        answered({"UserPoolClient": {**CLIENT, "ClientSecret": SECRET}}),
    ),
    Row(
        "ADM/admission-create-hidden-client",
        FRESH,
        create_client(PreventUserExistenceErrors="ENABLED"),
        answered({"UserPoolClient": {**CLIENT, "PreventUserExistenceErrors": "ENABLED"}}),
    ),
    Row(
        "PRO/profile-create-restricted-client",
        PROFILES,
        create_client(ReadAttributes=["given_name"], WriteAttributes=["given_name", "family_name"]),
        includes(
            {
                "UserPoolClient.ReadAttributes": ["given_name"],
                "UserPoolClient.WriteAttributes.1": Form("an attribute", r"\w+"),
            }
        ),
    ),
    Row(
        "PRO/profile-client-missing-required-write",
        PROFILES,
        create_client(WriteAttributes=["given_name"]),
        invalid("Invalid write attributes specified while creating a client"),
    ),
    Row(
        "CAC/client-access-update-given-name",
        (FRESH, create_client()),
        update_client_alone("plain", ReadAttributes=["given_name"]),
        answered({"UserPoolClient": {**CLIENT, "ReadAttributes": ["given_name"]}}),
    ),
    Row(
        "LOG/list-clients",
        TWO_CLIENTS,
        call("ListUserPoolClients", {"UserPoolId": "$pool"}),
        sorted_clients,
    ),
    Row(
        "LOG/describe-deleted-client",
        (FRESH, create_client(), delete_client("plain")),
        describe_client("plain"),
        refused("ResourceNotFoundException", "User pool client does not exist."),
    ),
    Row("LOG/delete-client", (FRESH, create_client()), delete_client("plain"), empty),
    Row("LOG/delete-pool", FRESH, DELETE_POOL, empty),
)
