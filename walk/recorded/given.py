"""Preconditions: the steps of which each row's `given` consists."""

import base64
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from walk import srp
from walk.recorded.expect import attributes
from walk.recorded.scene import Call, Scene, Step, Steps, call, shared

PASSWORD = "Recorded-1-password"
TEMPORARY = "Temporary-1-password"
CHANGED = "Changed-2-password"

TOKENS = {
    "access": "AuthenticationResult.AccessToken",
    "id": "AuthenticationResult.IdToken",
    "refresh": "AuthenticationResult.RefreshToken",
}
SRP_CHALLENGE = {
    "salt": "ChallengeParameters.SALT",
    "srp_b": "ChallengeParameters.SRP_B",
    "secret_block": "ChallengeParameters.SECRET_BLOCK",
    "user_id": "ChallengeParameters.USER_ID_FOR_SRP",
    "session": "Session",
}
EVERY_FLOW = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]


def pool(keep_as: str = "pool", fresh: bool = False, **settings: Any) -> Steps:
    """A pool of the Lite tier with these settings; `fresh` for a row that changes it."""
    members = {"PoolName": "recorded", "UserPoolTier": "LITE", **settings}
    make = call("CreateUserPool", members, keep={keep_as: "UserPool.Id"})
    return make if fresh else shared(f"pool {keep_as}", settings, [keep_as], make)


def client(
    keep_as: str = "client", of: str = "pool", fresh: bool = False, **settings: Any
) -> Steps:
    """An app client with every password flow, unless the settings say otherwise.

    A setting that is None is left out. The secret is kept as `<keep_as>_secret`.
    """
    members = {
        "UserPoolId": f"${of}",
        "ClientName": keep_as,
        "ExplicitAuthFlows": EVERY_FLOW,
        **settings,
    }
    members = {name: value for name, value in members.items() if value is not None}
    keep = {keep_as: "UserPoolClient.ClientId", f"{keep_as}_secret": "UserPoolClient.ClientSecret"}
    make = call("CreateUserPoolClient", members, keep=keep)
    return make if fresh else shared("client", members, list(keep), make)


def new_name(keep_as: str = "user", prefix: str = "row-") -> Step:
    """A username that nobody has: ten characters, with the default prefix."""

    def step(scene: Scene) -> None:
        scene.names[keep_as] = prefix + secrets.token_hex(3)

    return step


def invited(keep_as: str = "user", of: str = "pool", *pairs: tuple[str, str]) -> Steps:
    """A user in FORCE_CHANGE_PASSWORD with a temporary password; no mail is sent."""
    return (
        new_name(keep_as),
        call(
            "AdminCreateUser",
            {
                "UserPoolId": f"${of}",
                "Username": f"${keep_as}",
                "TemporaryPassword": TEMPORARY,
                "MessageAction": "SUPPRESS",
                "UserAttributes": attributes(*pairs),
            },
        ),
    )


def set_password(
    password: str = PASSWORD, permanent: bool = True, of: str = "pool", user: str = "user"
) -> Call:
    """AdminSetUserPassword."""
    return call(
        "AdminSetUserPassword",
        {
            "UserPoolId": f"${of}",
            "Username": f"${user}",
            "Password": password,
            "Permanent": permanent,
        },
    )


def confirmed(keep_as: str = "user", of: str = "pool", *pairs: tuple[str, str]) -> Steps:
    """A confirmed user with a password."""
    return (invited(keep_as, of, *pairs), set_password(of=of, user=keep_as))


def signed_up(*pairs: tuple[str, str], user: str = "user", client: str = "client") -> Steps:
    """An unconfirmed user who signed up; `sub` is kept."""
    return (new_name(user), sign_up(*pairs, user=user, client=client))


def sign_up(
    *pairs: tuple[str, str],
    user: str = "user",
    client: str = "client",
    keep: Mapping[str, str] | None = None,
) -> Call:
    """SignUp under a name that was made before; `sub` is kept."""
    return call(
        "SignUp",
        {
            "ClientId": f"${client}",
            "Username": f"${user}",
            "Password": PASSWORD,
            "UserAttributes": attributes(*pairs),
        },
        keep={"sub": "UserSub", **(keep or {})},
    )


def password_sign_in(
    password: str = PASSWORD,
    client: str = "client",
    user: str = "user",
    after: str = "",
    authorization: str | None = None,
    **parameters: Any,
) -> Call:
    """InitiateAuth with USER_PASSWORD_AUTH; keeps access, id and refresh, `after` behind each."""
    return call(
        "InitiateAuth",
        {
            "ClientId": f"${client}",
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": f"${user}", "PASSWORD": password, **parameters},
        },
        keep={**{name + after: path for name, path in TOKENS.items()}, "session": "Session"},
        authorization=authorization,
    )


def refresh(
    token: str = "$refresh", client: str = "client", after: str = "", **parameters: Any
) -> Call:
    """InitiateAuth with REFRESH_TOKEN_AUTH."""
    return call(
        "InitiateAuth",
        {
            "ClientId": f"${client}",
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {"REFRESH_TOKEN": token, **parameters},
        },
        keep={name + after: path for name, path in TOKENS.items()},
    )


def get_tokens(
    token: str = "$refresh",
    client: str = "client",
    after: str = "",
    authorization: str | None = None,
    **members: Any,
) -> Call:
    """GetTokensFromRefreshToken."""
    return call(
        "GetTokensFromRefreshToken",
        {"ClientId": f"${client}", "RefreshToken": token, **members},
        keep={name + after: path for name, path in TOKENS.items()},
        authorization=authorization,
    )


def get_user(token: Any = "$access") -> Call:
    """GetUser."""
    return call("GetUser", {"AccessToken": token})


def revoke(token: str = "$refresh", client: str = "client", **members: Any) -> Call:
    """RevokeToken."""
    return call("RevokeToken", {"ClientId": f"${client}", "Token": token, **members})


def global_sign_out(token: str = "$access") -> Call:
    """GlobalSignOut."""
    return call("GlobalSignOut", {"AccessToken": token})


def admin(operation: str, of: str = "pool", user: str = "user", **members: Any) -> Call:
    """An Admin operation on a user."""
    return call(operation, {"UserPoolId": f"${of}", "Username": f"${user}", **members})


def update_client(client: str = "client", of: str = "pool", **settings: Any) -> Call:
    """UpdateUserPoolClient. As Cognito resets what is left out, the flows are always sent."""
    members = {
        "UserPoolId": f"${of}",
        "ClientId": f"${client}",
        "ExplicitAuthFlows": EVERY_FLOW,
        **settings,
    }
    return call(
        "UpdateUserPoolClient",
        {name: value for name, value in members.items() if value is not None},
    )


def delete_client(client: str = "client", of: str = "pool") -> Call:
    """DeleteUserPoolClient."""
    return call("DeleteUserPoolClient", {"UserPoolId": f"${of}", "ClientId": f"${client}"})


def secret_hash(user: str = "user", client: str = "client") -> Callable[[Scene], str]:
    """SECRET_HASH over a username and a client's id, with the client's secret."""

    def computed(scene: Scene) -> str:
        key, message = scene[f"{client}_secret"], scene[user] + scene[client]
        return base64.b64encode(hmac.digest(key.encode(), message.encode(), "sha256")).decode()

    return computed


def attempt(request: Call) -> Step:
    """Send a request whose answer does not matter, because another row is about it."""
    return request.send


def wait(seconds: float) -> Step:
    """Let time pass at the endpoint."""
    return lambda scene: scene.endpoint.clock.pass_time(seconds)


def mails(scene: Scene) -> None:
    """Go on only where the endpoint may send mails and texts."""
    scene.endpoint.outbox.allow()


def code_sent_to(destination: str, keep_as: str = "code") -> Step:
    """Keep the newest code that was sent to an address."""

    def step(scene: Scene) -> None:
        address = scene.fill(destination)
        scene.names[keep_as] = scene.endpoint.outbox.code_for(address)

    return step


def wrong_code(scene: Scene) -> None:
    """Keep a code of the same length that is not the right one."""
    code = scene["code"]
    scene.names["wrong_code"] = code[:-1] + str((int(code[-1]) + 1) % 10)


def srp_public(scene: Scene) -> str:
    """Begin SRP and return SRP_A."""
    scene.objects["srp"] = client = srp.Client()
    return client.public


def srp_sign_in(client: str = "client", user: str = "user", a: Any = srp_public) -> Call:
    """InitiateAuth with USER_SRP_AUTH; keeps the challenge for `srp_proof`."""
    return call(
        "InitiateAuth",
        {
            "ClientId": f"${client}",
            "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": {"USERNAME": f"${user}", "SRP_A": a},
        },
        keep=SRP_CHALLENGE,
    )


def srp_proof(
    password: str = PASSWORD,
    client: str = "client",
    at: str | None = None,
    without: str | None = None,
    keep: Mapping[str, str] | None = None,
    **responses: Any,
) -> Call:
    """RespondToAuthChallenge with the proof of a password, made at a TIMESTAMP: now, or `at`.

    `responses` replace what would be sent, and the response named by `without` is left out.
    """

    def timestamp(scene: Scene) -> str:
        return at or srp.timestamp(time.time())  # a client knows its own clock only

    def signature(scene: Scene) -> str:
        identity = srp.Identity(scene["pool"].partition("_")[2], scene["user_id"], password)
        claim: str = scene.objects["srp"].claim(
            scene["salt"], scene["srp_b"], scene["secret_block"], scene["timestamp"], identity
        )
        return claim

    proof = {
        "USERNAME": "$user_id",
        "PASSWORD_CLAIM_SECRET_BLOCK": "$secret_block",
        "TIMESTAMP": remembered("timestamp", timestamp),
        "PASSWORD_CLAIM_SIGNATURE": signature,
        **responses,
    }
    if without is not None:
        del proof[without]
    if without == "TIMESTAMP":
        proof["PASSWORD_CLAIM_SIGNATURE"] = "A" * 43 + "="
    return answer_challenge("PASSWORD_VERIFIER", client, session=None, keep=keep, **proof)


def remembered(keep_as: str, make: Callable[[Scene], str]) -> Callable[[Scene], str]:
    """Compute a value, and keep it for what is computed after it."""

    def computed(scene: Scene) -> str:
        scene.names[keep_as] = make(scene)
        return scene[keep_as]

    return computed


def totp(secret: str, wrong: bool = False) -> Callable[[Scene], str]:
    """The code of an authenticator app now (RFC 6238), or one that it does not show."""

    def computed(scene: Scene) -> str:
        key = base64.b32decode(scene[secret] + "=" * (-len(scene[secret]) % 8))
        step = int(scene.endpoint.clock.now() // 30)
        digest = hmac.digest(key, step.to_bytes(8), "sha1")
        number = int.from_bytes(digest[digest[-1] & 15 :][:4]) & 0x7FFFFFFF
        return f"{(number + wrong * 500_000) % 1_000_000:06}"

    return computed


def answer_challenge(
    challenge: str,
    client: str = "client",
    session: str | None = "$session",
    after: str = "",
    keep: Mapping[str, str] | None = None,
    **responses: Any,
) -> Call:
    """RespondToAuthChallenge; keeps the tokens, or the next Session."""
    members = {
        "ClientId": f"${client}",
        "ChallengeName": challenge,
        "ChallengeResponses": responses,
    }
    if session is not None:
        members["Session"] = session
    return call(
        "RespondToAuthChallenge",
        members,
        keep={
            **{name + after: path for name, path in TOKENS.items()},
            "session": "Session",
            **(keep or {}),
        },
    )


def new_password(password: str = CHANGED, **responses: Any) -> Call:
    """The answer to NEW_PASSWORD_REQUIRED."""
    return answer_challenge(
        "NEW_PASSWORD_REQUIRED", USERNAME="$user", NEW_PASSWORD=password, **responses
    )
