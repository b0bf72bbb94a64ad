"""USER_SRP_AUTH and PASSWORD_VERIFIER."""

from typing import Any

from walk.recorded.expect import BASE64, SALT, SRP_B, answered, holds, invalid, tokens
from walk.recorded.given import (
    client,
    confirmed,
    new_name,
    pool,
    srp_proof,
    srp_sign_in,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import UNKNOWN_USER, WRONG
from walk.recorded.scene import Call, Scene, Step, call

POOL = (pool(), client("plain", ExplicitAuthFlows=None))
HIDING = (
    POOL,
    client("hiding", PreventUserExistenceErrors="ENABLED"),
    client("hiding_too", PreventUserExistenceErrors="ENABLED"),
)


def challenge(user: str = "user") -> dict[str, Any]:
    """Return the members of a PASSWORD_VERIFIER challenge; it has no Session."""
    return {
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "SALT": SALT,
            "SECRET_BLOCK": BASE64,
            "SRP_B": SRP_B,
            "USERNAME": f"${user}",
            "USER_ID_FOR_SRP": f"${user}",
        },
    }


def keep(*parts: str) -> Step:
    """Keep a challenge's SALT and SRP_B as `<name>_before` while the next one comes."""

    def step(scene: Scene) -> None:
        for part in parts:
            scene.names[f"{part}_before"] = scene[part]

    return step


SAME_SALT = holds(
    "SALT is the one from before", lambda scene: scene["salt"] == scene["salt_before"]
)
NEW_B = holds("SRP_B is new", lambda scene: scene["srp_b"] != scene["srp_b_before"])
OTHER_SALT = holds("SALT is another", lambda scene: scene["salt"] != scene["salt_before"])


def invalid_proof(client: str) -> Call:
    """Answer a challenge with a signature of 32 zero bytes."""
    return srp_proof(
        client=client,
        PASSWORD_CLAIM_SIGNATURE="A" * 43 + "=",
        TIMESTAMP="Thu Sep 24 13:50:15 UTC 2026",
    )


ROWS = (
    Row(
        "LOG/default-client-srp-challenge",
        (POOL, confirmed()),
        srp_sign_in("plain"),
        answered(challenge()),
    ),
    Row(
        "LOG/default-client-srp-proof",
        (POOL, confirmed(), srp_sign_in("plain")),
        srp_proof(client="plain"),
        tokens(),
    ),
    Row(
        "LOG/srp-missing-a",
        (POOL, confirmed()),
        call(
            "InitiateAuth",
            {
                "ClientId": "$plain",
                "AuthFlow": "USER_SRP_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
            },
        ),
        invalid("Missing required parameter SRP_A"),
    ),
    Row(
        "LOG/srp-zero-a",
        (POOL, confirmed(), srp_sign_in("plain"), keep("salt", "srp_b")),
        srp_sign_in("plain", a="0"),
        (answered(challenge()), SAME_SALT, NEW_B),
    ),
    Row(
        "ADM/hidden-absent-first",
        (HIDING, new_name()),
        srp_sign_in("hiding", a="2"),
        answered(challenge()),
    ),
    Row(
        "ADM/hidden-absent-repeat",
        (HIDING, new_name(), srp_sign_in("hiding", a="2"), keep("salt", "srp_b")),
        srp_sign_in("hiding", a="2"),
        (answered(challenge()), SAME_SALT, NEW_B),
    ),
    Row(
        "ADM/hidden-same-username-other-client",
        (HIDING, new_name(), srp_sign_in("hiding", a="2"), keep("salt")),
        srp_sign_in("hiding_too", a="2"),
        (answered(challenge()), SAME_SALT),
    ),
    Row(
        "ADM/hidden-different-username",
        (HIDING, new_name(), srp_sign_in("hiding", a="2"), keep("salt"), new_name("another")),
        srp_sign_in("hiding", user="another", a="2"),
        (answered(challenge("another")), OTHER_SALT),
    ),
    Row(
        "ADM/hidden-real-user-challenge",
        (HIDING, confirmed()),
        srp_sign_in("hiding", a="2"),
        answered(challenge()),
    ),
    Row(
        "ADM/hidden-absent-invalid-proof",
        (HIDING, new_name(), srp_sign_in("hiding", a="2")),
        invalid_proof("hiding"),
        WRONG,
    ),
    Row(
        "ADM/hidden-real-user-invalid-proof",
        (HIDING, confirmed(), srp_sign_in("hiding", a="2")),
        invalid_proof("hiding"),
        WRONG,
    ),
    Row(
        "FL/initiate-auth.srp.unknown-user",
        (POOL, new_name()),
        srp_sign_in("plain", a="a" * 512),
        UNKNOWN_USER,
    ),
)
