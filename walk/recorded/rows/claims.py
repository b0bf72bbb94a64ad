"""What the tokens say: the claims of each kind of sign-in in wire order, and their rules."""

import json
import re
from typing import Any

from walk.recorded.expect import Expectation, claims, claims_of, header_of, holds, status_is
from walk.recorded.given import (
    TEMPORARY,
    admin,
    client,
    confirmed,
    get_tokens,
    invited,
    new_password,
    password_sign_in,
    pool,
    refresh,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.access_tokens import READER, READERS_POOL
from walk.recorded.rows.refresh import SIGNED_IN
from walk.recorded.rows.revocation import UNREVOCABLE
from walk.recorded.rows.sign_up import CONFIRMED
from walk.recorded.scene import Scene, Steps, call
from walk.recorded.wire import HttpAnswer

ACCESS = "sub iss client_id origin_jti event_id token_use scope auth_time exp iat jti username"
ID = "origin_jti sub aud event_id token_use auth_time iss cognito:username exp iat jti"
# Without EnableTokenRevocation there is no origin_jti, and no jti in the ID token.
UNREVOCABLE_ACCESS = "sub event_id token_use scope auth_time iss exp iat jti client_id username"
UNREVOCABLE_ID = "sub aud event_id token_use auth_time iss cognito:username exp iat"
GIVEN_NAME_ID = (
    "sub iss cognito:username given_name origin_jti aud event_id token_use auth_time exp iat jti"
)


def both(access: str = ACCESS, id: str = ID, after: str = "") -> tuple[Expectation, Expectation]:
    """Expect these claims, in this order, in the two tokens of an answer."""
    return claims(f"access{after}", access), claims(f"id{after}", id)


def kept(*names: str) -> Expectation:
    """Expect claims to be the same after a refresh as before it."""
    return holds(
        f"{', '.join(names)} are kept",
        lambda scene: all(
            claims_of(scene[f"{token}_2"])[name] == claims_of(scene[token])[name]
            for token in ("access", "id")
            for name in names
        ),
    )


def renewed(*names: str) -> Expectation:
    """Expect claims to be others after a refresh than before it."""
    return holds(
        f"{', '.join(names)} are new",
        lambda scene: all(
            claims_of(scene[f"{token}_2"])[name] != claims_of(scene[token])[name]
            for token in ("access", "id")
            for name in names
        ),
    )


def _claim(scene: Scene, token: str, name: str) -> Any:
    return claims_of(scene[token])[name]


def _whole_numbers(scene: Scene) -> bool:
    return all(
        type(_claim(scene, token, name)) is int
        for token in ("access", "id")
        for name in ("auth_time", "exp", "iat")
    )


def _header(scene: Scene) -> bool:
    return all(
        re.fullmatch(r'\{"kid":"[0-9A-Za-z+/]{43}=","alg":"RS256"\}', header_of(scene[token]))
        for token in ("access", "id")
    )


def _kid(scene: Scene, token: str) -> str:
    kid: str = json.loads(header_of(scene[token]))["kid"]
    return kid


def _key_set(scene: Scene) -> dict[str, Any]:
    answer = scene.endpoint.get(f"/{scene['pool']}/.well-known/jwks.json")
    key_set: dict[str, Any] = answer.json
    return key_set


FACTS = (
    ("LOG/initial-header", "the header is exactly kid and alg RS256", _header),
    ("LOG/initial-numbers", "auth_time, exp and iat are whole numbers", _whole_numbers),
    (
        "LOG/initial-lifetime",
        "exp is an hour after iat",
        lambda scene: all(
            _claim(scene, token, "exp") - _claim(scene, token, "iat") == 3600
            for token in ("access", "id")
        ),
    ),
    (
        "LOG/initial-auth-time",
        "auth_time is iat",
        lambda scene: _claim(scene, "access", "auth_time") == _claim(scene, "access", "iat"),
    ),
    (
        "LOG/initial-scope",
        "scope is aws.cognito.signin.user.admin",
        lambda scene: _claim(scene, "access", "scope") == "aws.cognito.signin.user.admin",
    ),
    (
        "LOG/initial-issuer",
        "iss is AWS's address of the pool",
        lambda scene: (
            _claim(scene, "id", "iss")
            == f"https://cognito-idp.{scene.endpoint.region}.amazonaws.com/{scene['pool']}"
        ),
    ),
    (
        "LOG/initial-audience",
        "aud and client_id are the client's id",
        lambda scene: (
            (_claim(scene, "id", "aud"), _claim(scene, "access", "client_id"))
            == (scene["client"], scene["client"])
        ),
    ),
    (
        "LOG/initial-names",
        "username and cognito:username are the username",
        lambda scene: (
            (_claim(scene, "access", "username"), _claim(scene, "id", "cognito:username"))
            == (scene["user"], scene["user"])
        ),
    ),
    (
        "LOG/initial-use",
        "token_use is access and id",
        lambda scene: (
            (_claim(scene, "access", "token_use"), _claim(scene, "id", "token_use"))
            == ("access", "id")
        ),
    ),
    (
        "LOG/initial-jti",
        "jti differs between the two tokens, origin_jti does not",
        lambda scene: (
            _claim(scene, "access", "jti") != _claim(scene, "id", "jti")
            and _claim(scene, "access", "origin_jti") == _claim(scene, "id", "origin_jti")
        ),
    ),
    (
        "LOG/jwks",
        "the key set has two RSA keys with alg, e, kid, kty, n and use",
        lambda scene: (
            [{**key, "n": len(key["n"]), "kid": len(key["kid"])} for key in _key_set(scene)["keys"]]
            == [{"alg": "RS256", "e": "AQAB", "kid": 44, "kty": "RSA", "n": 342, "use": "sig"}] * 2
        ),
    ),
    (
        "LOG/jwks-order",
        "the first key signs ID tokens, the second access tokens",
        lambda scene: (
            [key["kid"] for key in _key_set(scene)["keys"]]
            == [_kid(scene, "id"), _kid(scene, "access")]
        ),
    ),
    (
        "LOG/initial-absent",
        "version, device_key, amr, acr, at_hash, nonce, identities are absent",
        lambda scene: (
            not {
                "version",
                "device_key",
                "amr",
                "acr",
                "at_hash",
                "nonce",
                "identities",
            }
            & {*claims_of(scene["access"]), *claims_of(scene["id"])}
        ),
    ),
)


def event_is_request(scene: Scene, answer: HttpAnswer) -> list[str]:
    """Expect event_id to be the x-amzn-requestid of the sign-in."""
    event = claims_of(scene["access"]).get("event_id")
    request = answer.headers.get("x-amzn-requestid")
    same = [] if event == request else [f"event_id {event} is not the request's id {request}"]
    return status_is(200, answer) + same


ROLE = "arn:aws:iam::123456789012:role/"
GROUP_ACCESS = ACCESS.replace("sub ", "sub cognito:groups ")


def group(name: str, **members: Any) -> Steps:
    """A group of the pool, with the user in it."""
    return (
        call("CreateGroup", {"UserPoolId": "$pool", "GroupName": name, **members}),
        admin("AdminAddUserToGroup", GroupName=name),
    )


def groups_are(*names: str, after: str = "") -> Expectation:
    """Expect cognito:groups of the access token."""
    return holds(
        f"cognito:groups is {list(names)}",
        lambda scene: _claim(scene, f"access{after}", "cognito:groups") == list(names),
    )


def roles_are(*names: str, preferred: str | None, after: str = "") -> Expectation:
    """Expect cognito:roles and cognito:preferred_role of the ID token."""
    return holds(
        f"cognito:roles is {list(names)}, cognito:preferred_role {preferred}",
        lambda scene: (
            claims_of(scene[f"id{after}"]).get("cognito:roles") == [ROLE + name for name in names]
            and claims_of(scene[f"id{after}"]).get("cognito:preferred_role")
            == (preferred and ROLE + preferred)
        ),
    )


FRESH = (pool(fresh=True), client(fresh=True), confirmed())
TIED = (
    FRESH,
    group("reader", Precedence=5, RoleArn=ROLE + "reader"),
    group("writer", Precedence=5, RoleArn=ROLE + "writer"),
)

ROWS = (
    Row("LOG/initial-claims", (pool(), client(), confirmed()), password_sign_in(), both()),
    Row(
        "LOG/initial-event-id",
        (pool(), client(), confirmed()),
        password_sign_in(),
        event_is_request,
    ),
    *(Row(name, SIGNED_IN, refresh(after="_2"), holds(fact, true)) for name, fact, true in FACTS),
    Row(
        "CRED/new-password-claims",
        (pool(), client(), invited(), password_sign_in(TEMPORARY)),
        new_password(),
        both(),
    ),
    Row(
        "LOG/initial-auth-time-of-a-challenge",
        (pool(), client(), invited(), password_sign_in(TEMPORARY), wait(2)),
        new_password(),
        holds(
            "auth_time is the second of the answer to the challenge",
            lambda scene: _claim(scene, "access", "auth_time") == _claim(scene, "access", "iat"),
        ),
    ),
    Row(
        "LOG/refreshed-claims",
        (SIGNED_IN, wait(2)),
        refresh(after="_2"),
        (
            *both(after="_2"),
            kept("auth_time", "event_id", "origin_jti"),
            renewed("iat", "exp", "jti"),
        ),
    ),
    Row(
        "ROT/refreshed-claims",
        (SIGNED_IN, wait(2)),
        get_tokens(after="_2"),
        (
            *both(after="_2"),
            kept("auth_time", "event_id", "origin_jti"),
            renewed("iat", "exp", "jti"),
        ),
    ),
    Row(
        "PRO/profile-login-default",
        (
            CONFIRMED,
            admin(
                "AdminUpdateUserAttributes",
                UserAttributes=[{"Name": "given_name", "Value": "Pat"}],
            ),
        ),
        password_sign_in(),
        (
            *both(
                id="sub email_verified custom:team iss cognito:username given_name origin_jti aud "
                "event_id token_use auth_time custom:tenant exp iat family_name jti email"
            ),
            holds(
                "email_verified is the JSON value false",
                lambda scene: _claim(scene, "id", "email_verified") is False,
            ),
        ),
    ),
    Row(
        "PRO/profile-login-restricted",
        (
            READERS_POOL,
            client("given_name", ReadAttributes=["given_name"]),
            READER,
        ),
        password_sign_in(client="given_name"),
        both(id=GIVEN_NAME_ID),
    ),
    Row(
        "CRT/client-access-login-given-name",
        (
            READERS_POOL,
            client("given_name", ReadAttributes=["given_name"]),
            READER,
        ),
        password_sign_in(client="given_name"),
        both(id=GIVEN_NAME_ID),
    ),
    Row(
        "CRT/client-access-login-email",
        (READERS_POOL, client("email", ReadAttributes=["email"]), READER),
        password_sign_in(client="email"),
        holds(
            "the ID token has email, and no email_verified",
            lambda scene: (
                "email" in claims_of(scene["id"]) and "email_verified" not in claims_of(scene["id"])
            ),
        ),
    ),
    Row(
        "GRP/groups-refresh-reader",
        (
            FRESH,
            password_sign_in(),
            group("reader", Precedence=5, RoleArn=ROLE + "reader"),
        ),
        refresh(after="_2"),
        (
            claims("access_2", GROUP_ACCESS),
            groups_are("reader", after="_2"),
            roles_are("reader", preferred="reader", after="_2"),
        ),
    ),
    Row(
        "GRP/groups-login-tied-roles",
        TIED,
        password_sign_in(),
        (
            holds(
                "cognito:groups has both",
                lambda scene: (
                    sorted(_claim(scene, "access", "cognito:groups")) == ["reader", "writer"]
                ),
            ),
            holds(
                "cognito:roles has both, and there is no cognito:preferred_role",
                lambda scene: (
                    sorted(_claim(scene, "id", "cognito:roles"))
                    == [ROLE + "reader", ROLE + "writer"]
                    and "cognito:preferred_role" not in claims_of(scene["id"])
                ),
            ),
        ),
    ),
    Row(
        "GRP/groups-refresh-new-winner",
        (
            TIED,
            password_sign_in(),
            call("UpdateGroup", {"UserPoolId": "$pool", "GroupName": "writer", "Precedence": 1}),
        ),
        refresh(after="_2"),
        holds(
            "cognito:preferred_role is the writer's",
            lambda scene: _claim(scene, "id_2", "cognito:preferred_role") == ROLE + "writer",
        ),
    ),
    Row(
        "GRP/groups-refresh-empty-winner",
        (
            TIED,
            call("UpdateGroup", {"UserPoolId": "$pool", "GroupName": "writer", "Precedence": 1}),
            password_sign_in(),
            group("empty-first", Precedence=0),
        ),
        refresh(after="_2"),
        (
            groups_are("writer", "reader", "empty-first", after="_2"),
            holds(
                "cognito:preferred_role is the writer's",
                lambda scene: _claim(scene, "id_2", "cognito:preferred_role") == ROLE + "writer",
            ),
        ),
    ),
    Row(
        "GRP/groups-login-same-role-tie",
        (
            FRESH,
            group("reader", Precedence=5, RoleArn=ROLE + "reader"),
            group("writer", Precedence=5, RoleArn=ROLE + "reader"),
        ),
        password_sign_in(),
        roles_are("reader", preferred="reader"),
    ),
    Row(
        "ROT/rotation-no-revocation-login",
        UNREVOCABLE,
        password_sign_in(client="unrevocable"),
        both(UNREVOCABLE_ACCESS, UNREVOCABLE_ID),
    ),
    Row(
        "ROT/rotation-no-revocation-legacy-refresh",
        UNREVOCABLE,
        refresh(client="unrevocable", after="_2"),
        both(UNREVOCABLE_ACCESS, UNREVOCABLE_ID, after="_2"),
    ),
    Row(
        "ROT/rotation-no-revocation-plain-refresh",
        UNREVOCABLE,
        get_tokens(client="unrevocable", after="_2"),
        both(UNREVOCABLE_ACCESS, UNREVOCABLE_ID, after="_2"),
    ),
)
