"""Letter case, and pools that sign in by email."""

from walk.recorded.expect import (
    claims_of,
    holds,
    includes,
    refused,
    tokens,
)
from walk.recorded.given import (
    admin,
    client,
    confirmed,
    new_name,
    password_sign_in,
    pool,
    refresh,
    secret_hash,
    sign_up,
    srp_sign_in,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import UNKNOWN_USER

PLAIN = (pool(), client())


BY_EMAIL = (
    pool(PoolName="by email", UsernameAttributes=["email"]),
    client(),
    client("private", GenerateSecret=True),
    new_name(),
    lambda scene: scene.names.update(email=f"{scene['user']}@g.example"),
    sign_up(user="email"),
    admin("AdminConfirmSignUp", user="email"),
)
IN_CAPITALS = lambda scene: scene.names.update(capitals=scene["user"].upper())  # noqa: E731
ROWS = (
    Row(
        "quirenote/case-sensitive",
        (PLAIN, confirmed(), IN_CAPITALS),
        password_sign_in(user="capitals"),
        UNKNOWN_USER,
    ),
    Row(
        "quirenote/case-insensitive",
        (
            pool(PoolName="any case", UsernameConfiguration={"CaseSensitive": False}),
            client(),
            confirmed(),
            IN_CAPITALS,
        ),
        password_sign_in(user="capitals"),
        (
            tokens(),
            holds(
                "username is as it was created",
                lambda scene: claims_of(scene["access"])["username"] == scene["user"],
            ),
        ),
    ),
    Row(
        "MOTO/username-attribute-pool",
        BY_EMAIL,
        password_sign_in(user="email"),
        holds(
            "username and cognito:username are the sub",
            lambda scene: (
                {
                    claims_of(scene["access"])["username"],
                    claims_of(scene["id"])["cognito:username"],
                }
                == {scene["sub"]}
            ),
        ),
    ),
    Row(
        "quirenote/email-taken",
        BY_EMAIL,
        sign_up(user="email"),
        refused("UsernameExistsException", "User already exists"),
    ),
    Row(
        "alexrudd/cognito-srp#1 name in the challenge",
        BY_EMAIL,
        srp_sign_in(user="email"),
        includes(
            {
                "ChallengeParameters.USERNAME": "$sub",
                "ChallengeParameters.USER_ID_FOR_SRP": "$sub",
            }
        ),
    ),
    Row(
        "alexrudd/cognito-srp#1 hash of a refresh",
        (
            BY_EMAIL,
            password_sign_in(
                user="email", client="private", SECRET_HASH=secret_hash("email", "private")
            ),
        ),
        refresh(client="private", SECRET_HASH=secret_hash("sub", "private")),
        tokens(refresh=False),
    ),
)
