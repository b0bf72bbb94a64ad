"""Passwords: USER_PASSWORD_AUTH, its refusals, and the NEW_PASSWORD_REQUIRED challenge."""

from walk.recorded.expect import (
    SESSION,
    UUID,
    answered,
    attributes,
    denied,
    includes,
    invalid,
    modified,
    refused,
    tokens,
)
from walk.recorded.given import (
    CHANGED,
    PASSWORD,
    TEMPORARY,
    admin,
    attempt,
    client,
    confirmed,
    delete_client,
    global_sign_out,
    invited,
    new_name,
    new_password,
    password_sign_in,
    pool,
    secret_hash,
    set_password,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.scene import Call, call

WRONG = denied("Incorrect username or password.")
UNKNOWN_USER = refused("UserNotFoundException", "User does not exist.")
DISABLED = denied("User is disabled.")
USER = {"UserAttributes": attributes(("sub", UUID)), "Username": "$user"}
NEW_PASSWORD_REQUIRED = {
    "ChallengeName": "NEW_PASSWORD_REQUIRED",
    "ChallengeParameters": {
        "USER_ID_FOR_SRP": "$user",
        "requiredAttributes": "[]",
        "userAttributes": "{}",
    },
    "Session": SESSION,
}

POOL = (pool(), client())
CONFIRMED = (POOL, confirmed())
SIGNED_IN = (CONFIRMED, password_sign_in())
CHALLENGED = (POOL, invited(), password_sign_in(TEMPORARY))
HIDING = client("hiding", PreventUserExistenceErrors="ENABLED")
WITH_SECRET = client("private", GenerateSecret=True)


def admin_sign_in(password: str = PASSWORD, client: str = "client") -> Call:
    """AdminInitiateAuth with ADMIN_USER_PASSWORD_AUTH."""
    return call(
        "AdminInitiateAuth",
        {
            "UserPoolId": "$pool",
            "ClientId": f"${client}",
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "$user", "PASSWORD": password},
        },
        keep={"session": "Session"},
    )


NO_ADMIN_SIGN_IN = "AdminInitiateAuth is no operation of the local Cognito"

ROWS = (
    Row(
        "LOG/admin-password-signed",
        CONFIRMED,
        admin_sign_in(),
        tokens(),
        unmet=NO_ADMIN_SIGN_IN,
    ),
    Row("LOG/incorrect-password", CONFIRMED, password_sign_in("Wrong-1-password"), WRONG),
    Row(
        "LOG/temporary-password-after-confirmation",
        (CHALLENGED, new_password()),
        password_sign_in(TEMPORARY),
        WRONG,
    ),
    Row(
        "LOG/old-password-after-admin-set",
        (CONFIRMED, set_password(CHANGED)),
        password_sign_in(),
        WRONG,
    ),
    Row(
        "LOG/other-pool-wrong-password",
        (
            CONFIRMED,
            pool("other_pool", PoolName="other"),
            client("other_client", "other_pool"),
            call(
                "AdminCreateUser",
                {"UserPoolId": "$other_pool", "Username": "$user", "MessageAction": "SUPPRESS"},
            ),
            set_password(CHANGED, of="other_pool"),
        ),
        password_sign_in(client="other_client"),
        WRONG,
    ),
    Row(
        "CRED/credentials-old-password-after-change",
        (
            SIGNED_IN,
            call(
                "ChangePassword",
                {
                    "AccessToken": "$access",
                    "PreviousPassword": PASSWORD,
                    "ProposedPassword": CHANGED,
                },
            ),
        ),
        password_sign_in(),
        WRONG,
    ),
    Row(
        "CRED/credentials-old-password-after-permanent-reset",
        (SIGNED_IN, set_password(CHANGED)),
        password_sign_in(),
        WRONG,
    ),
    Row("LOG/missing-user-legacy", (POOL, new_name()), password_sign_in(), UNKNOWN_USER),
    Row(
        "LOG/user-absent-from-other-pool",
        (CONFIRMED, pool("other_pool", PoolName="other"), client("other_client", "other_pool")),
        password_sign_in(client="other_client"),
        UNKNOWN_USER,
    ),
    Row(
        "LOG/deleted-user-login",
        (CONFIRMED, admin("AdminDeleteUser")),
        password_sign_in(),
        UNKNOWN_USER,
    ),
    Row(
        "LOG/missing-user-hidden",
        (POOL, HIDING, new_name()),
        password_sign_in(client="hiding"),
        WRONG,
    ),
    Row(
        "LOG/disabled-user-login",
        (CONFIRMED, admin("AdminDisableUser")),
        password_sign_in(),
        DISABLED,
    ),
    Row(
        "LOG/new-password-challenge",
        (POOL, invited()),
        password_sign_in(TEMPORARY),
        answered(NEW_PASSWORD_REQUIRED),
    ),
    Row(
        "CRED/credentials-temporary-login",
        (SIGNED_IN, set_password(TEMPORARY, permanent=False)),
        password_sign_in(TEMPORARY),
        answered(NEW_PASSWORD_REQUIRED),
    ),
    Row(
        "ADM/public-to-admin-initiate",
        (POOL, invited()),
        password_sign_in(TEMPORARY),
        answered(NEW_PASSWORD_REQUIRED),
    ),
    Row(
        "ADM/admin-to-public-initiate",
        (POOL, invited()),
        admin_sign_in(TEMPORARY),
        answered(NEW_PASSWORD_REQUIRED),
        unmet=NO_ADMIN_SIGN_IN,
    ),
    Row(
        "LOG/default-client-password-disabled",
        (POOL, client("plain", ExplicitAuthFlows=None), invited()),
        password_sign_in(TEMPORARY, client="plain"),
        invalid("USER_PASSWORD_AUTH flow not enabled for this client"),
    ),
    Row(
        "LOG/admin-flow-on-public-api",
        CONFIRMED,
        call(
            "InitiateAuth",
            {
                "ClientId": "$client",
                "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "$user", "PASSWORD": PASSWORD},
            },
        ),
        invalid("Initiate Auth method not supported."),
    ),
    Row(
        "LOG/secret-hash-missing",
        (CONFIRMED, WITH_SECRET),
        password_sign_in(client="private"),
        denied("Client $private is configured with secret but SECRET_HASH was not received"),
    ),
    Row(
        "LOG/secret-hash-invalid",
        (CONFIRMED, WITH_SECRET),
        password_sign_in(client="private", SECRET_HASH="invalid"),
        denied("Unable to verify secret hash for client $private"),
    ),
    Row(
        "LOG/secret-hash-valid",
        (CONFIRMED, WITH_SECRET),
        password_sign_in(client="private", SECRET_HASH=secret_hash(client="private")),
        tokens(),
    ),
    Row(
        "ROT/rotation-private-login",
        (CONFIRMED, WITH_SECRET),
        password_sign_in(client="private", SECRET_HASH=secret_hash(client="private")),
        tokens(),
    ),
    Row(
        "LOG/deleted-client-login",
        (
            pool(),
            client("leaving", fresh=True),
            confirmed(),
            delete_client("leaving"),
            admin("AdminDeleteUser"),
        ),
        password_sign_in(client="leaving"),
        refused("ResourceNotFoundException", "User pool client $leaving does not exist."),
    ),
    Row(
        "LOG/admin-client-pool-mismatch",
        (pool(), pool("other_pool", PoolName="other"), client("other", "other_pool"), new_name()),
        admin_sign_in(client="other"),
        refused(
            "ResourceNotFoundException",
            "User pool client $other does not exist in user pool $pool.",
        ),
        unmet=NO_ADMIN_SIGN_IN,
    ),
    Row(
        "LOG/login-after-global-signout",
        (SIGNED_IN, global_sign_out()),
        password_sign_in(),
        tokens(),
    ),
    Row(
        "LOG/login-before-disable",
        (SIGNED_IN, admin("AdminUserGlobalSignOut")),
        password_sign_in(),
        tokens(),
    ),
    Row(
        "LOG/enabled-user-login",
        (SIGNED_IN, admin("AdminDisableUser"), admin("AdminEnableUser")),
        password_sign_in(),
        tokens(),
    ),
    # NEW_PASSWORD_REQUIRED
    Row(
        "LOG/get-user-confirmed",
        (CHALLENGED, wait(1), new_password()),
        admin("AdminGetUser"),
        (
            includes({"Enabled": True, "UserStatus": "CONFIRMED"}),
            modified("UserCreateDate", "UserLastModifiedDate"),
        ),
    ),
    Row(
        "CRED/credentials-complete-temporary-challenge",
        (SIGNED_IN, set_password(TEMPORARY, permanent=False), password_sign_in(TEMPORARY)),
        new_password(),
        tokens(),
    ),
    Row(
        "LOG/new-password-policy-failure",
        CHALLENGED,
        new_password("short"),
        refused(
            "InvalidPasswordException",
            "Password does not conform to policy: Password not long enough",
        ),
    ),
    Row(
        "LOG/complete-new-password",
        (CHALLENGED, attempt(new_password("short"))),
        new_password(),
        tokens(),
    ),
    Row(
        "LOG/replay-new-password-session",
        (CHALLENGED, new_password()),
        new_password(),
        denied("Invalid session for the user, session can only be used once."),
    ),
    Row(
        "ADM/admin-to-public-respond",
        (POOL, invited(), admin_sign_in(TEMPORARY)),
        new_password(),
        tokens(),
        unmet=NO_ADMIN_SIGN_IN,
    ),
    Row(
        "ADM/public-to-admin-respond",
        CHALLENGED,
        call(
            "AdminRespondToAuthChallenge",
            {
                "UserPoolId": "$pool",
                "ClientId": "$client",
                "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "ChallengeResponses": {"USERNAME": "$user", "NEW_PASSWORD": CHANGED},
                "Session": "$session",
            },
        ),
        tokens(),
        unmet="AdminRespondToAuthChallenge is no operation of the local Cognito",
    ),
)
