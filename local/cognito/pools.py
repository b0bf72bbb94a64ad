"""User pools: their settings, which decide what everything else does."""

import secrets
import string

from local.cognito import paging, passwords, pool_factors, schema, users
from local.cognito.domains import is_custom
from local.cognito.errors import Refused, invalid_parameter
from local.cognito.lookup import pool_by_id
from local.cognito.records import (
    Challenge,
    Client,
    Domain,
    Group,
    IdentityProvider,
    Pool,
    TokenSession,
    User,
)
from local.cognito.server import Call, Json
from local.cognito.settings import rotates, to_disable

ID_CHARACTERS = string.ascii_letters + string.digits
SMS_NEEDED = (
    "SMS configuration and Auto verification for phone_number are required when MFA is"
    " required/optional"
)


def create_user_pool(call: Call) -> Json:
    """Create a pool."""
    given = dict(call.input)
    if given.get("AliasAttributes") and given.get("UsernameAttributes"):
        raise invalid_parameter(
            "Only one of the aliasAttributes or usernameAttributes can be set in an user pool."
        )
    mfa = given.pop("MfaConfiguration", "OFF")
    if mfa != "OFF" and "SmsConfiguration" not in given:
        raise invalid_parameter(SMS_NEEDED)
    definitions = given.pop("Schema", [])
    now = call.now()
    pool = Pool(
        id=f"{call.server.region}_{''.join(secrets.choice(ID_CHARACTERS) for _ in range(9))}",
        settings=_merged(_defaults(), given),
        created=now,
        modified=now,
        secret=secrets.token_hex(32),
    )
    pool.settings["SchemaAttributes"] = schema.initial(definitions)
    pool.mfa = {"MfaConfiguration": mfa}
    if mfa != "OFF":
        pool.mfa["SmsMfaConfiguration"] = {"SmsConfiguration": given["SmsConfiguration"]}
    pool_factors.check(pool)
    call.store.save(pool)
    return {"UserPool": _described(call, pool)}


def describe_user_pool(call: Call) -> Json:
    """Describe a pool."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    described = _described(call, pool)
    described["UserPoolTags"] = pool.settings.get("UserPoolTags", {})
    described["SchemaAttributes"] = [
        *described["SchemaAttributes"],
        {
            "Name": "identities",
            "AttributeDataType": "String",
            "DeveloperOnlyAttribute": False,
            "Mutable": True,
            "Required": False,
            "StringAttributeConstraints": {},
        },
    ]
    return {"UserPool": described}


def update_user_pool(call: Call) -> Json:
    """Change the settings that are sent and keep the others.

    AWS documents that it resets what is not sent; the recorded calls kept it.
    """
    given = dict(call.input)
    pool = pool_by_id(call.server, given.pop("UserPoolId"))
    mfa = given.pop("MfaConfiguration", None)
    _check_tier_change(call, pool, given.get("UserPoolTier"))
    pool.settings = _merged(pool.settings, given)
    if mfa is not None:
        has_factors = not pool_factors.SECOND_FACTORS.isdisjoint(pool.mfa)
        if mfa != "OFF" and not has_factors and "SmsConfiguration" not in pool.settings:
            raise invalid_parameter(SMS_NEEDED)
        pool.mfa["MfaConfiguration"] = mfa
    pool_factors.check(pool)
    pool.modified = call.now()
    call.store.save(pool)
    return {}


def delete_user_pool(call: Call) -> None:
    """Delete a pool and all that belongs to it."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    if pool.settings["DeletionProtection"] == "ACTIVE":
        raise invalid_parameter(
            "The user pool cannot be deleted because deletion protection is activated."
            " Deletion protection must be inactivated first."
        )
    if call.store.all(Domain, pool.id):
        raise invalid_parameter(
            "User pool cannot be deleted. It has a domain configured that should be deleted first."
        )
    for user in call.store.all(User, pool.id):
        users.remove(call, user)
        for session in call.store.all(TokenSession, user.key):
            call.store.delete(session)
    for kind in (Challenge, Client, Group, IdentityProvider):
        for record in call.store.all(kind, pool.id):
            call.store.delete(record)
    call.store.delete(pool)


def list_user_pools(call: Call) -> Json:
    """List all pools, the newest first."""
    pools = sorted(call.store.all(Pool), key=lambda pool: pool.created, reverse=True)
    shown, more = paging.page(pools, call.input["MaxResults"], call.input.get("NextToken"))
    return {
        "NextToken": more,
        "UserPools": [
            {
                "CreationDate": pool.created,
                "Id": pool.id,
                "LambdaConfig": pool.settings["LambdaConfig"],
                "LastModifiedDate": pool.modified,
                "Name": pool.settings["PoolName"],
            }
            for pool in shown
        ],
    }


def add_custom_attributes(call: Call) -> Json:
    """Add attributes to the schema."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    attributes = list(pool.settings["SchemaAttributes"])
    for wanted in call.input["CustomAttributes"]:
        schema.add_custom(attributes, wanted)
    pool.settings["SchemaAttributes"] = attributes
    call.store.save(pool)
    return {}


def _defaults() -> Json:
    return {
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 1, "Name": "verified_email"},
                {"Priority": 2, "Name": "verified_phone_number"},
            ]
        },
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": False,
            "UnusedAccountValidityDays": 7,
        },
        "DeletionProtection": "INACTIVE",
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "IssuerConfiguration": {"Type": "ORIGINAL"},
        "KeyConfiguration": {"KeyType": "AWS_OWNED_KEY"},
        "LambdaConfig": {},
        "Policies": {
            "PasswordPolicy": passwords.DEFAULT_POLICY,
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
        "UserPoolTier": "ESSENTIALS",
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    }


# Settings whose members are replaced one by one.
_NESTED = ("Policies", "AdminCreateUserConfig", "VerificationMessageTemplate")
# A password policy that is given but incomplete; that AWS fills it so is not known.
_LOOSE_POLICY = {
    **passwords.DEFAULT_POLICY,
    "RequireLowercase": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "RequireUppercase": False,
}


def _merged(settings: Json, given: Json) -> Json:
    """Return the settings with those that are given in place of the old ones."""
    merged = settings | given
    for name in _NESTED:
        merged[name] = settings[name] | given.get(name, {})
    sign_in = merged["Policies"]["SignInPolicy"]
    merged["Policies"]["SignInPolicy"] = {"AllowedFirstAuthFactors": ["PASSWORD"]} | sign_in
    policy = given.get("Policies", {}).get("PasswordPolicy")
    if policy is not None:
        merged["Policies"]["PasswordPolicy"] = _LOOSE_POLICY | policy
    return merged


def _check_tier_change(call: Call, pool: Pool, tier: str | None) -> None:
    if tier == "LITE" and any(map(rotates, call.store.all(Client, pool.id))):
        raise Refused("TierChangeNotAllowedException", to_disable("Refresh Token Rotation"))


def _described(call: Call, pool: Pool) -> Json:
    settings = dict(pool.settings)
    described = {
        "Arn": (
            f"arn:aws:cognito-idp:{call.server.region}:{call.server.account_id}:userpool/{pool.id}"
        ),
        "CreationDate": pool.created,
        "EstimatedNumberOfUsers": call.store.count(User, pool.id),
        "Id": pool.id,
        "LastModifiedDate": pool.modified,
        "MfaConfiguration": pool.mfa["MfaConfiguration"],
        "Name": settings.pop("PoolName"),
        **settings,
    }
    for domain in call.store.all(Domain, pool.id):
        described["CustomDomain" if is_custom(domain) else "Domain"] = domain.name
    return described


OPERATIONS = {
    "AddCustomAttributes": add_custom_attributes,
    "CreateUserPool": create_user_pool,
    "DeleteUserPool": delete_user_pool,
    "DescribeUserPool": describe_user_pool,
    "ListUserPools": list_user_pools,
    "UpdateUserPool": update_user_pool,
}
