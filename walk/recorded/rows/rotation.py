"""Refresh token rotation.

P is the token of the sign-in; C1, C2 and so on are its descendants.
"""

from typing import Any

from walk.recorded.expect import (
    Expectation,
    answered,
    claims,
    claims_of,
    denied,
    holds,
    includes,
    invalid,
    refused,
    tokens,
)
from walk.recorded.given import (
    EVERY_FLOW,
    admin,
    attempt,
    client,
    confirmed,
    get_tokens,
    get_user,
    password_sign_in,
    pool,
    refresh,
    revoke,
    secret_hash,
    update_client,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.access_tokens import REVOKED as ACCESS_REVOKED
from walk.recorded.rows.claims import (
    ACCESS,
    ID,
    UNREVOCABLE_ACCESS,
    both,
)
from walk.recorded.rows.pools import CLIENT, DESCRIBE_POOL, create_client, update_client_alone
from walk.recorded.rows.sign_in import USER
from walk.recorded.scene import Call, Steps, call

ESSENTIALS = pool(UserPoolTier="ESSENTIALS")
FLOWS = [flow for flow in EVERY_FLOW if flow != "ALLOW_REFRESH_TOKEN_AUTH"]


def feature(state: str = "ENABLED", grace: int | None = None) -> dict[str, Any]:
    """Return the RefreshTokenRotation setting."""
    seconds = {} if grace is None else {"RetryGracePeriodSeconds": grace}
    return {"Feature": state, **seconds}


def rotating(grace: int = 0, fresh: bool = False, **settings: Any) -> Steps:
    """A client with rotation."""
    return client(
        "rotating",
        fresh=fresh,
        ExplicitAuthFlows=FLOWS,
        RefreshTokenRotation=feature(grace=grace),
        **settings,
    )


def signed_in(grace: int = 0) -> Steps:
    """P: a user signed in at a rotating client."""
    return (
        ESSENTIALS,
        rotating(grace),
        confirmed(),
        password_sign_in(client="rotating", after="_p"),
    )


def rotate(old: str, new: str) -> Call:
    """GetTokensFromRefreshToken with one token; keeps what it gives under another name."""
    return get_tokens(f"$refresh_{old}", client="rotating", after=f"_{new}")


def switch(state: str, grace: int = 0) -> Call:
    """Switch the client's rotation on or off."""
    flows = FLOWS if state == "ENABLED" else EVERY_FLOW
    return update_client(
        "rotating", ExplicitAuthFlows=flows, RefreshTokenRotation=feature(state, grace)
    )


ROTATED = tokens(parameters=False)
NOT_ROTATED = tokens(refresh=False, parameters=False)
REUSED = refused("RefreshTokenReuseException", "Refresh token reuse detected")
REVOKED = denied("Refresh Token has been revoked")
REVOKED_WITHOUT_MESSAGE = denied(None)
LITE = refused(
    "FeatureUnavailableInTierException",
    "The following features need to be disabled for the LITE pricing tier configured: "
    "Refresh Token Rotation",
)
P = signed_in()
C1 = (P, rotate("p", "c1"))
C2 = (C1, attempt(rotate("p", "reused")), rotate("c1", "c2"))
GRACE_SECONDS = 4
IN_GRACE = (signed_in(GRACE_SECONDS), rotate("p", "c1"))
RETRIED = (IN_GRACE, wait(2), rotate("p", "retry"))
AFTER_DEADLINE = (RETRIED, wait(3))
SECRET_P = (
    ESSENTIALS,
    client(
        "rotating",
        ExplicitAuthFlows=FLOWS,
        RefreshTokenRotation=feature(grace=0),
        GenerateSecret=True,
    ),
    confirmed(),
    password_sign_in(client="rotating", after="_p", SECRET_HASH=secret_hash(client="rotating")),
)


def rotate_with_secret(old: str, new: str) -> Call:
    """The same with the client's secret."""
    return get_tokens(
        f"$refresh_{old}", client="rotating", after=f"_{new}", ClientSecret="$rotating_secret"
    )


# T is a token from before the client rotated: T -> T1 -> (rotation off) T1 -> (on) T2 -> (off) T2.
T = (
    ESSENTIALS,
    client("rotating", fresh=True),
    confirmed(),
    password_sign_in(client="rotating", after="_t"),
)
T1 = (T, switch("ENABLED"), rotate("t", "t1"))
T1_OFF = (T1, switch("DISABLED"))
T1_USED_OFF = (T1_OFF, rotate("t1", "off"))
T2 = (T1_USED_OFF, switch("ENABLED"), rotate("t1", "t2"))
T2_OFF = (T2, switch("DISABLED"))
T2_USED_OFF = (T2_OFF, rotate("t2", "off2"))


def same_origin(token: str, other: str, same: bool = True) -> Expectation:
    """Expect two access tokens to have the same origin_jti, or not."""
    return holds(
        f"origin_jti of {token} and {other} {'are the same' if same else 'differ'}",
        lambda scene: (
            (
                claims_of(scene[f"access_{token}"])["origin_jti"]
                == claims_of(scene[f"access_{other}"])["origin_jti"]
            )
            is same
        ),
    )


def settings_are(rotation: dict[str, Any] | None, **members: Any) -> Expectation:
    """Expect a client with these rotation settings."""
    shown = {} if rotation is None else {"RefreshTokenRotation": rotation}
    return answered({"UserPoolClient": {**CLIENT, **members, **shown}})


UNREVOCABLE = (
    ESSENTIALS,
    rotating(EnableTokenRevocation=False),
    confirmed(),
    password_sign_in(client="rotating", after="_p"),
)

ROWS = (
    Row(
        "ROT/rotation-lite-unavailable",
        pool(),
        create_client(RefreshTokenRotation=feature()),
        LITE,
    ),
    Row(
        "ROT/rotation-conflicting-flow",
        ESSENTIALS,
        create_client(
            RefreshTokenRotation=feature(), ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"]
        ),
        invalid(
            "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token "
            "rotation is enabled.",
        ),
    ),
    Row(
        "ROT/rotation-default-flows",
        ESSENTIALS,
        create_client(RefreshTokenRotation=feature()),
        settings_are(feature(grace=0)),
    ),
    Row(
        "ROT/rotation-disabled-grace",
        ESSENTIALS,
        create_client(RefreshTokenRotation=feature("DISABLED", 4)),
        settings_are(feature("DISABLED", 0)),
    ),
    Row("ROT/rotation-create-plain", ESSENTIALS, create_client(), settings_are(None)),
    Row(
        "ROT/rotation-disable-existing-client",
        (ESSENTIALS, create_client(RefreshTokenRotation=feature())),
        update_client_alone("plain", RefreshTokenRotation=feature("DISABLED")),
        settings_are(feature("DISABLED", 0)),
    ),
    Row(
        "ROT/rotation-revocation-disabled",
        ESSENTIALS,
        create_client(RefreshTokenRotation=feature(), EnableTokenRevocation=False),
        settings_are(feature(grace=0), EnableTokenRevocation=False),
    ),
    Row(
        "ROT/rotation-downgrade-with-enabled-clients",
        (pool(fresh=True, UserPoolTier="ESSENTIALS"), rotating(fresh=True)),
        call("UpdateUserPool", {"UserPoolId": "$pool", "UserPoolTier": "LITE"}),
        refused(
            "TierChangeNotAllowedException",
            "The following features need to be disabled for the LITE pricing tier configured: "
            "Refresh Token Rotation",
        ),
    ),
    Row(
        "ROT/rotation-describe-after-downgrade",
        (
            pool(fresh=True, UserPoolTier="ESSENTIALS"),
            rotating(fresh=True),
            attempt(call("UpdateUserPool", {"UserPoolId": "$pool", "UserPoolTier": "LITE"})),
        ),
        DESCRIBE_POOL,
        includes({"UserPool.UserPoolTier": "ESSENTIALS"}),
    ),
    Row(
        "ROT/rotation-refresh-after-downgrade",
        (
            pool(fresh=True, UserPoolTier="ESSENTIALS"),
            rotating(fresh=True),
            confirmed(),
            password_sign_in(client="rotating", after="_p"),
            attempt(call("UpdateUserPool", {"UserPoolId": "$pool", "UserPoolTier": "LITE"})),
        ),
        rotate("p", "c1"),
        ROTATED,
    ),
    Row(
        "ROT/rotation-legacy-flow-rejected",
        P,
        refresh("$refresh_p", client="rotating"),
        refused(
            "UnsupportedOperationException", "This API does not support refresh token rotation"
        ),
    ),
    Row("ROT/rotation-zero-first", P, rotate("p", "c1"), ROTATED),
    Row("ROT/rotation-old-access-after-rotation", C1, get_user("$access_p"), answered(USER)),
    Row("ROT/rotation-zero-parent-reuse", C1, rotate("p", "again"), REUSED),
    Row(
        "ROT/rotation-child-after-parent-reuse",
        (C1, attempt(rotate("p", "again"))),
        rotate("c1", "c2"),
        ROTATED,
    ),
    Row(
        "ROT/rotation-claims",
        P,
        rotate("p", "c1"),
        (*both(after="_c1"), same_origin("p", "c1")),
    ),
    Row("ROT/rotation-revoke-old-parent", C2, revoke("$refresh_p", "rotating"), answered({})),
    *(
        Row(
            f"ROT/rotation-{word}-access-after-parent-revoke",
            (C2, revoke("$refresh_p", "rotating")),
            get_user(f"$access_{token}"),
            ACCESS_REVOKED,
        )
        for word, token in (("parent", "p"), ("child", "c1"))
    ),
    Row(
        "ROT/rotation-child-refresh-after-parent-revoke",
        (C2, revoke("$refresh_p", "rotating")),
        rotate("c2", "c3"),
        REVOKED_WITHOUT_MESSAGE,
    ),
    Row(
        "ROT/rotation-independent-refresh",
        (
            P,
            password_sign_in(client="rotating", after="_other"),
            revoke("$refresh_p", "rotating"),
        ),
        rotate("other", "other2"),
        ROTATED,
    ),
    Row("ROT/rotation-revoke-child", C1, revoke("$refresh_c1", "rotating"), answered({})),
    *(
        Row(
            f"ROT/rotation-{word}-access-after-child-revoke",
            (C1, revoke("$refresh_c1", "rotating")),
            get_user(f"$access_{token}"),
            ACCESS_REVOKED,
        )
        for word, token in (("parent", "p"), ("child", "c1"))
    ),
    Row(
        "ROT/rotation-revoke-current-after-ancestor",
        (C2, revoke("$refresh_p", "rotating")),
        revoke("$refresh_c2", "rotating"),
        answered({}),
    ),
    Row(
        "ROT/rotation-private-valid-secret",
        SECRET_P,
        rotate_with_secret("p", "c1"),
        ROTATED,
    ),
    Row(
        "ROT/rotation-private-after-revoke",
        (
            SECRET_P,
            rotate_with_secret("p", "c1"),
            revoke("$refresh_c1", "rotating", ClientSecret="$rotating_secret"),
        ),
        rotate_with_secret("c1", "c2"),
        REVOKED_WITHOUT_MESSAGE,
    ),
    Row("ROT/rotation-grace-first", signed_in(GRACE_SECONDS), rotate("p", "c1"), ROTATED),
    Row(
        "ROT/rotation-grace-retry",
        (IN_GRACE, wait(2)),
        rotate("p", "retry"),
        (
            ROTATED,
            holds(
                "the retry gives another refresh token",
                lambda scene: scene["refresh_retry"] != scene["refresh_c1"],
            ),
        ),
    ),
    Row("ROT/rotation-grace-parent-after-deadline", AFTER_DEADLINE, rotate("p", "x"), REUSED),
    Row("ROT/rotation-grace-first-child-after-deadline", AFTER_DEADLINE, rotate("c1", "x"), REUSED),
    Row(
        "ROT/rotation-grace-retry-child-after-deadline",
        (AFTER_DEADLINE, attempt(rotate("p", "x")), attempt(rotate("c1", "x"))),
        rotate("retry", "c2"),
        ROTATED,
    ),
    Row(
        "ROT/rotation-displaced-child-immediate",
        (IN_GRACE, rotate("p", "retry")),
        rotate("c1", "x"),
        REUSED,
    ),
    Row(
        "ROT/rotation-chain-ancestor-within-original-grace",
        (IN_GRACE, rotate("c1", "c2")),
        rotate("p", "x"),
        REUSED,
    ),
    Row(
        "ROT/rotation-chain-previous-within-grace",
        (IN_GRACE, rotate("c1", "c2"), attempt(rotate("p", "x"))),
        rotate("c1", "c2_again"),
        ROTATED,
    ),
    Row(
        "ROT/rotation-existing-session-after-enable",
        (T, switch("ENABLED")),
        rotate("t", "t1"),
        (ROTATED, same_origin("t", "t1")),
    ),
    Row(
        "ROT/rotation-session-after-disable",
        T1_OFF,
        rotate("t1", "off"),
        (
            NOT_ROTATED,
            same_origin("off", "t", same=False),
            holds(
                "event_id and auth_time are kept",
                lambda scene: all(
                    claims_of(scene["access_off"])[name] == claims_of(scene["access_t"])[name]
                    for name in ("event_id", "auth_time")
                ),
            ),
        ),
    ),
    Row(
        "ROT/rotation-session-after-disable-repeat",
        T1_USED_OFF,
        rotate("t1", "repeat"),
        (NOT_ROTATED, same_origin("repeat", "off")),
    ),
    Row(
        "ROT/rotation-session-after-disable-legacy",
        T1_USED_OFF,
        refresh("$refresh_t1", client="rotating", after="_legacy"),
        (tokens(refresh=False), same_origin("legacy", "off")),
    ),
    Row("ROT/rotation-old-parent-after-disable", T1_OFF, rotate("t", "x"), REVOKED),
    Row(
        "ROT/rotation-session-after-reenable",
        (T1_USED_OFF, switch("ENABLED")),
        rotate("t1", "t2"),
        (ROTATED, same_origin("t2", "t")),
    ),
    Row(
        "ROT/rotation-session-after-second-disable",
        T2_OFF,
        rotate("t2", "off2"),
        (
            NOT_ROTATED,
            same_origin("off2", "t", same=False),
            same_origin("off2", "off", same=False),
        ),
    ),
    Row(
        "ROT/rotation-revoke-ancestor-while-disabled",
        T2_USED_OFF,
        revoke("$refresh_t", "rotating"),
        answered({}),
    ),
    Row(
        "ROT/rotation-revoke-current-while-disabled",
        (T2_USED_OFF, revoke("$refresh_t", "rotating")),
        revoke("$refresh_t2", "rotating"),
        answered({}),
    ),
    Row(
        "ROT/rotation-current-refresh-after-current-revoke",
        (T2_USED_OFF, revoke("$refresh_t", "rotating"), revoke("$refresh_t2", "rotating")),
        rotate("t2", "x"),
        REVOKED,
    ),
    Row(
        "ROT/rotation-current-access-after-ancestor-revoke",
        (T2_USED_OFF, revoke("$refresh_t", "rotating")),
        get_user("$access_off2"),
        answered(USER),
    ),
    *(
        Row(
            f"ROT/rotation-{word}-access-after-current-revoke",
            (T2_USED_OFF, revoke("$refresh_t", "rotating"), revoke("$refresh_t2", "rotating")),
            get_user(f"$access_{token}"),
            answered(USER),
        )
        for word, token in (("current", "off2"), ("earlier", "off"))
    ),
    Row(
        "ROT/rotation-revoke-child-while-disabled",
        T1_USED_OFF,
        revoke("$refresh_t1", "rotating"),
        answered({}),
    ),
    *(
        Row(
            f"ROT/rotation-{word}-access-after-child-revoke-while-disabled",
            (T1_USED_OFF, revoke("$refresh_t1", "rotating")),
            get_user(f"$access_{token}"),
            answer,
        )
        for word, token, answer in (
            ("sign-in", "t", ACCESS_REVOKED),
            ("rotated", "t1", ACCESS_REVOKED),
            ("generation", "off", answered(USER)),
        )
    ),
    Row(
        "ROT/rotation-child-refresh-after-child-revoke-while-disabled",
        (T1_USED_OFF, revoke("$refresh_t1", "rotating")),
        rotate("t1", "x"),
        REVOKED,
    ),
    Row(
        "ROT/rotation-disabled-access-after-global-signout",
        (T1_USED_OFF, admin("AdminUserGlobalSignOut")),
        get_user("$access_off"),
        ACCESS_REVOKED,
    ),
    Row(
        "ROT/rotation-revocation-disabled-login",
        (ESSENTIALS, rotating(EnableTokenRevocation=False), confirmed()),
        password_sign_in(client="rotating", after="_p"),
        (
            claims("access_p", UNREVOCABLE_ACCESS),
            holds(
                "the ID token has origin_jti and jti",
                lambda scene: {"origin_jti", "jti"} <= claims_of(scene["id_p"]).keys(),
            ),
        ),
    ),
    Row(
        "ROT/rotation-revocation-disabled-refresh",
        UNREVOCABLE,
        rotate("p", "c1"),
        (ROTATED, *both(ACCESS, ID, after="_c1")),
    ),
    Row(
        "ROT/rotation-revocation-disabled-revoke-while-rotating",
        UNREVOCABLE,
        revoke("$refresh_p", "rotating"),
        refused("UnsupportedOperationException", "This feature is not enabled for this client"),
    ),
)
