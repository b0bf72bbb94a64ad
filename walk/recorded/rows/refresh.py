"""REFRESH_TOKEN_AUTH and GetTokensFromRefreshToken without rotation."""

from walk.recorded.expect import denied, refused, tokens
from walk.recorded.given import (
    CHANGED,
    PASSWORD,
    TEMPORARY,
    admin,
    client,
    confirmed,
    delete_client,
    get_tokens,
    global_sign_out,
    new_password,
    password_sign_in,
    pool,
    refresh,
    revoke,
    secret_hash,
    set_password,
    sign_up,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import DISABLED
from walk.recorded.scene import call

POOL = (pool(), client())
SIGNED_IN = (POOL, confirmed(), password_sign_in())
WITH_SECRET = (
    pool(),
    client("private", GenerateSecret=True),
    confirmed(),
    password_sign_in(client="private", SECRET_HASH=secret_hash(client="private")),
)
OTHER_CLIENT = client("other")
OTHER_POOL = (pool("other_pool", PoolName="other"), client("foreign", "other_pool"))
CHANGED_PASSWORD = call(
    "ChangePassword",
    {"AccessToken": "$access", "PreviousPassword": PASSWORD, "ProposedPassword": CHANGED},
)

REFRESHED = tokens(refresh=False)
GOT_TOKENS = tokens(refresh=False, parameters=False)
REVOKED = denied("Refresh Token has been revoked")
INVALID = denied("Invalid Refresh Token")
OTHER_CLIENTS = denied("Refresh Token has different Client")
DELETED_USER = denied("The user has been deleted for the associated refresh token")

ROWS = (
    Row("LOG/refresh-success", SIGNED_IN, refresh(), REFRESHED),
    Row(
        "LOG/secret-refresh-hash-missing",
        WITH_SECRET,
        refresh(client="private"),
        denied("Client $private is configured with secret but SECRET_HASH was not received"),
    ),
    Row(
        "LOG/secret-refresh-hash-valid",
        WITH_SECRET,
        refresh(client="private", SECRET_HASH=secret_hash(client="private")),
        REFRESHED,
    ),
    Row(
        "LOG/refresh-wrong-client",
        (SIGNED_IN, OTHER_CLIENT),
        refresh(client="other"),
        OTHER_CLIENTS,
    ),
    Row("LOG/refresh-invalid-token", POOL, refresh("not-a-real-refresh-token"), INVALID),
    Row(
        "LOG/refresh-cross-pool-denied",
        (SIGNED_IN, OTHER_POOL),
        refresh(client="foreign"),
        INVALID,
    ),
    Row("LOG/refresh-after-revoke", (SIGNED_IN, revoke()), refresh(), REVOKED),
    Row("LOG/refresh-after-global-signout", (SIGNED_IN, global_sign_out()), refresh(), REVOKED),
    Row(
        "LOG/refresh-after-admin-signout",
        (SIGNED_IN, admin("AdminUserGlobalSignOut")),
        refresh(),
        REVOKED,
    ),
    Row(
        "CRED/credentials-after-enable-refresh",
        (SIGNED_IN, admin("AdminDisableUser"), admin("AdminEnableUser")),
        refresh(),
        REVOKED,
    ),
    Row("LOG/disabled-user-refresh", (SIGNED_IN, admin("AdminDisableUser")), refresh(), DISABLED),
    Row(
        "CRED/credentials-disabled-refresh",
        (SIGNED_IN, admin("AdminDisableUser")),
        refresh(),
        DISABLED,
    ),
    Row("LOG/deleted-user-refresh", (SIGNED_IN, admin("AdminDeleteUser")), refresh(), DELETED_USER),
    Row(
        "PRO/profile-old-refresh-after-delete",
        (SIGNED_IN, call("DeleteUser", {"AccessToken": "$access"})),
        refresh(),
        DELETED_USER,
    ),
    Row(
        "PRO/profile-old-refresh-after-reconfirmed",
        (
            SIGNED_IN,
            call("DeleteUser", {"AccessToken": "$access"}),
            sign_up(),
            admin("AdminConfirmSignUp"),
        ),
        refresh(),
        DELETED_USER,
    ),
    Row(
        "CRED/credentials-after-change-refresh", (SIGNED_IN, CHANGED_PASSWORD), refresh(), REFRESHED
    ),
    Row(
        "CRED/credentials-after-permanent-reset-refresh",
        (SIGNED_IN, set_password(CHANGED)),
        refresh(),
        REFRESHED,
    ),
    Row(
        "CRED/credentials-after-temporary-reset-refresh",
        (SIGNED_IN, set_password(TEMPORARY, permanent=False)),
        refresh(),
        REFRESHED,
    ),
    Row(
        "CRED/credentials-after-challenge-completion-refresh",
        (
            SIGNED_IN,
            set_password(TEMPORARY, permanent=False),
            password_sign_in(TEMPORARY, after="_of_challenge"),
            new_password(after="_of_challenge"),
        ),
        refresh(),
        REFRESHED,
    ),
    Row(
        "CRED/credentials-after-client-delete-refresh",
        (
            pool(),
            client("leaving", fresh=True),
            confirmed(),
            password_sign_in(client="leaving"),
            delete_client("leaving"),
        ),
        refresh(client="leaving"),
        refused("ResourceNotFoundException", "User pool client $leaving does not exist."),
    ),
    Row(
        "LOG/independent-refresh-after-revoke",
        (SIGNED_IN, password_sign_in(after="_2"), revoke()),
        refresh("$refresh_2"),
        REFRESHED,
    ),
    # GetTokensFromRefreshToken
    Row("ROT/rotation-lite-refresh-api", SIGNED_IN, get_tokens(), GOT_TOKENS),
    Row(
        "ROT/rotation-plain-metadata",
        SIGNED_IN,
        get_tokens(ClientMetadata={"purpose": "recorded"}),
        GOT_TOKENS,
    ),
    Row(
        "ROT/rotation-plain-extra-secret",
        SIGNED_IN,
        get_tokens(ClientSecret="a" * 52),
        GOT_TOKENS,
    ),
    Row(
        "ROT/rotation-device-key-without-tracking",
        SIGNED_IN,
        get_tokens(DeviceKey="us-east-1_11111111-1111-1111-1111-111111111111"),
        GOT_TOKENS,
    ),
    Row(
        "ROT/rotation-wrong-client",
        (SIGNED_IN, OTHER_CLIENT),
        get_tokens(client="other"),
        OTHER_CLIENTS,
    ),
    Row("ROT/rotation-invalid-token", POOL, get_tokens("invalid-refresh-token"), INVALID),
    Row(
        "ROT/rotation-missing-client",
        SIGNED_IN,
        call(
            "GetTokensFromRefreshToken",
            {"ClientId": "a" * 26, "RefreshToken": "$refresh"},
        ),
        refused(
            "ResourceNotFoundException",
            "User pool client aaaaaaaaaaaaaaaaaaaaaaaaaa does not exist.",
        ),
    ),
    Row(
        "ROT/rotation-private-missing-secret",
        WITH_SECRET,
        get_tokens(client="private"),
        denied("Client $private is configured for secret but secret was not received"),
    ),
    Row(
        "ROT/rotation-private-wrong-secret",
        WITH_SECRET,
        get_tokens(client="private", ClientSecret="a" * 52),
        denied("Unable to verify secret hash for client $private"),
    ),
)
