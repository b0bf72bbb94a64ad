"""Tokens: what they say, how long they live, and which the server takes back."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jose import jwt

from tests.support.local_cognito import Cognito, Json, Pools
from tests.support.sign_in import access_token, begin, members, refused

FLOWS = ("USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH")
INVALID = ("NotAuthorizedException", "Invalid Access Token")
FORGED = ("NotAuthorizedException", "Could not verify signature for Access Token")
INVALID_REFRESH = ("NotAuthorizedException", "Invalid Refresh Token")
ROTATION = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}


@pytest.fixture(scope="module")
def pool(admin: Any) -> str:
    """Make a pool for all tests of this file."""
    return Pools(admin).pool()


@pytest.fixture(scope="module")
def client(admin: Any, pool: str) -> str:
    """Make a client with AWS's defaults."""
    return Pools(admin).client(pool, *FLOWS)


@pytest.fixture
def user(pools: Pools, pool: str) -> str:
    """Make a user with a password."""
    return pools.user(pool)


def signed_in(public: Any, client: str, user: str) -> Json:
    """Return the AuthenticationResult of a sign-in with the password."""
    result: Json = begin(public, client, user)["AuthenticationResult"]
    return result


def refresh(public: Any, client: str, token: str) -> Json:
    """Refresh with InitiateAuth and return the AuthenticationResult."""
    answer = public.initiate_auth(
        ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )
    result: Json = answer["AuthenticationResult"]
    return result


def get_tokens(public: Any, client: str, token: str) -> Json:
    """Refresh with GetTokensFromRefreshToken and return the AuthenticationResult."""
    answer = public.get_tokens_from_refresh_token(ClientId=client, RefreshToken=token)
    result: Json = answer["AuthenticationResult"]
    return result


def key_set(cognito: Cognito, pool: str) -> list[dict[str, str]]:
    """Fetch the pool's public keys."""
    address = f"{cognito.url}/{pool}/.well-known/jwks.json"
    keys: list[dict[str, str]] = requests.get(address, timeout=20).json()["keys"]
    return keys


def test_each_kind_of_token_has_its_own_key(
    cognito: Cognito, public: Any, pool: str, client: str, user: str
) -> None:
    result = signed_in(public, client, user)
    for key, name, audience in zip(
        key_set(cognito, pool), ("IdToken", "AccessToken"), (client, None), strict=True
    ):
        claims = jwt.decode(
            result[name],
            key,
            algorithms=["RS256"],
            audience=audience,
            issuer=f"https://cognito-idp.us-east-1.amazonaws.com/{pool}",
            options={"verify_at_hash": False, "verify_aud": audience is not None},
        )
        assert jwt.get_unverified_header(result[name]) == {"alg": "RS256", "kid": key["kid"]}
        assert claims["auth_time"] == claims["iat"]
    assert (
        requests.get(f"{cognito.url}/us-east-1_none/.well-known/jwks.json", timeout=20).status_code
        == 404
    )


def test_the_updated_issuer_has_a_host_of_its_own(public: Any, pools: Pools) -> None:
    pool = pools.pool(IssuerConfiguration={"Type": "UPDATED"})
    client, user = pools.client(pool, *FLOWS), pools.user(pool)
    claims = jwt.get_unverified_claims(access_token(public, client, user))
    assert claims["iss"] == f"https://issuer-cognito-idp.us-east-1.amazonaws.com/{pool}"


def test_an_id_token_says_what_the_client_may_read(
    public: Any, pools: Pools, pool: str, email: str, phone: str
) -> None:
    user = pools.user(
        pool, email=email, email_verified="true", phone_number=phone, given_name="Ada"
    )
    reader = pools.client(pool, *FLOWS, ReadAttributes=["email", "email_verified"])
    everything = pools.client(pool, *FLOWS)
    for client, expected in (
        (reader, {"email": email, "email_verified": True}),
        (
            everything,
            {
                "email": email,
                "email_verified": True,
                "phone_number": phone,
                "given_name": "Ada",
            },
        ),
    ):
        result = signed_in(public, client, user)
        identity = jwt.get_unverified_claims(result["IdToken"])
        technical = {
            *("sub", "aud", "iss", "exp", "iat", "jti", "auth_time", "event_id", "origin_jti"),
            *("token_use", "cognito:username"),
        }
        assert {name: identity[name] for name in identity if name not in technical} == expected
        assert technical <= set(identity)
        access = jwt.get_unverified_claims(result["AccessToken"])
        assert not set(expected) & set(access)


@pytest.mark.parametrize(
    ("settings", "access", "identity"),
    [
        ({}, 3600, 3600),
        ({"AccessTokenValidity": 2, "IdTokenValidity": 3}, 7200, 10800),
        (
            {
                "AccessTokenValidity": 5,
                "IdTokenValidity": 400,
                "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "seconds"},
            },
            300,
            400,
        ),
        (
            {
                "AccessTokenValidity": 1,
                "TokenValidityUnits": {"AccessToken": "days"},
            },
            86400,
            3600,
        ),
    ],
)
def test_tokens_live_as_long_as_the_client_says(
    public: Any, pools: Pools, pool: str, user: str, settings: Json, access: int, identity: int
) -> None:
    result = signed_in(public, pools.client(pool, *FLOWS, **settings), user)
    assert result["ExpiresIn"] == access
    for name, seconds in (("AccessToken", access), ("IdToken", identity)):
        claims = jwt.get_unverified_claims(result[name])
        assert claims["exp"] - claims["iat"] == seconds


def test_an_access_token_expires(cognito: Cognito, public: Any, client: str, user: str) -> None:
    token = access_token(public, client, user)
    cognito.advance(3600)
    assert refused(public.get_user, AccessToken=token) == (
        "NotAuthorizedException",
        "Access Token has expired",
    )


@pytest.mark.parametrize("renew", [refresh, get_tokens])
def test_a_refresh_token_expires(
    cognito: Cognito, public: Any, pools: Pools, pool: str, user: str, renew: Callable[..., Json]
) -> None:
    client = pools.client(
        pool, *FLOWS, RefreshTokenValidity=2, TokenValidityUnits={"RefreshToken": "hours"}
    )
    token = signed_in(public, client, user)["RefreshToken"]
    cognito.advance(7190)
    assert "AccessToken" in renew(public, client, token)
    cognito.advance(10)
    assert refused(renew, public, client, token) == (
        "NotAuthorizedException",
        "Refresh Token has expired",
    )


def test_rotation_does_not_lengthen_the_life_of_a_sign_in(
    cognito: Cognito, public: Any, pools: Pools, pool: str, user: str
) -> None:
    client = pools.client(
        pool,
        "USER_PASSWORD_AUTH",
        RefreshTokenRotation=ROTATION,
        RefreshTokenValidity=1,
        TokenValidityUnits={"RefreshToken": "hours"},
    )
    token = signed_in(public, client, user)["RefreshToken"]
    cognito.advance(1800)
    token = get_tokens(public, client, token)["RefreshToken"]
    cognito.advance(1800)
    assert refused(get_tokens, public, client, token) == (
        "NotAuthorizedException",
        "Refresh Token has expired",
    )


def test_a_rotated_token_may_be_retried_while_the_grace_lasts(
    cognito: Cognito, public: Any, pools: Pools, pool: str, user: str
) -> None:
    client = pools.client(pool, "USER_PASSWORD_AUTH", RefreshTokenRotation=ROTATION)
    reuse = ("RefreshTokenReuseException", "Refresh token reuse detected")
    parent = signed_in(public, client, user)["RefreshToken"]
    lost = get_tokens(public, client, parent)["RefreshToken"]
    cognito.advance(6)
    child = get_tokens(public, client, parent)["RefreshToken"]
    assert refused(get_tokens, public, client, lost) == reuse
    cognito.advance(6)
    assert refused(get_tokens, public, client, parent) == reuse
    assert "RefreshToken" in get_tokens(public, client, child)


@pytest.mark.parametrize("renew", [refresh, get_tokens])
def test_what_is_no_refresh_token_of_the_pool_is_invalid(
    public: Any, pools: Pools, client: str, user: str, renew: Callable[..., Json]
) -> None:
    result = signed_in(public, client, user)
    token = result["RefreshToken"]
    head, filling, nonce, text, tag = token.split(".")
    changed = text[:-2] + ("AA" if text[-2:] != "AA" else "BB")
    other = pools.pool()
    for forged in (
        ".".join([head, filling, nonce, changed, tag]),
        ".".join([head, filling, nonce, text, ""]),
        ".".join([head, filling, "", text, tag]),
        result["AccessToken"],
        "a.b.c.d.e",
        "x",
    ):
        assert refused(renew, public, client, forged) == INVALID_REFRESH
    assert refused(renew, public, pools.client(other, *FLOWS), token) == INVALID_REFRESH


def test_a_refresh_token_is_missed_by_its_name(public: Any, client: str, user: str) -> None:
    assert refused(
        public.initiate_auth,
        ClientId=client,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"USERNAME": user},
    ) == ("InvalidParameterException", "Missing required parameter REFRESH_TOKEN")


def test_refreshing_can_be_switched_off(
    admin: Any, public: Any, pools: Pools, pool: str, user: str
) -> None:
    client = pools.client(pool, *FLOWS)
    token = signed_in(public, client, user)["RefreshToken"]
    admin.update_user_pool_client(
        UserPoolId=pool, ClientId=client, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    for renew in (refresh, get_tokens):
        assert refused(renew, public, client, token) == (
            "InvalidParameterException",
            "Refresh Token flow not enabled for this client",
        )


def part(value: object) -> str:
    """Return one part of a JSON Web Token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_that_the_pool_did_not_sign_is_refused(
    public: Any, pools: Pools, pool: str, client: str, user: str
) -> None:
    result = signed_in(public, client, user)
    token = result["AccessToken"]
    header, claims, signature = token.split(".")
    key = rsa.generate_private_key(65_537, 2048)
    text = f"{header}.{claims}"
    foreign = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    admin_claims = {**jwt.get_unverified_claims(token), "username": "admin"}
    by_id_key = {**jwt.get_unverified_claims(result["IdToken"]), "token_use": "access"}
    id_signature = result["IdToken"].rpartition(".")[2]
    for forged in (
        f"{text}.{base64.urlsafe_b64encode(foreign).rstrip(b'=').decode()}",
        f"{header}.{part(admin_claims)}.{signature}",
        f"{part({'alg': 'none'})}.{claims}.",
        f"{text}.{signature[:-4]}",
        f"{part({'alg': 'RS256'})}.{part(by_id_key)}.{id_signature}",
    ):
        assert refused(public.get_user, AccessToken=forged) == FORGED


def test_what_is_no_access_token_is_invalid(public: Any, client: str, user: str) -> None:
    result = signed_in(public, client, user)
    half_of_a_pair = {"iss": chr(0xD800), "token_use": "access"}
    nested = base64.urlsafe_b64encode(b"[" * 30_000).decode()
    for token in (
        "x",
        "a.b.c",
        f"{part({})}.{part({})}.",
        f"{part({})}.{part([])}.",
        f"{part({})}.{part(half_of_a_pair)}.",
        f"{part({})}.{nested}.",
        result["IdToken"],
        result["RefreshToken"],
    ):
        assert refused(public.get_user, AccessToken=token) == INVALID


def test_a_user_who_has_to_reset_the_password_is_refused(
    admin: Any, public: Any, pools: Pools, pool: str, client: str, email: str
) -> None:
    user = pools.user(pool, email=email, email_verified="true")
    token = access_token(public, client, user)
    admin.admin_reset_user_password(UserPoolId=pool, Username=user)
    assert refused(public.get_user, AccessToken=token) == (
        "PasswordResetRequiredException",
        "Password reset required for the user",
    )


def test_revocation_takes_refresh_tokens_of_the_client_alone(
    admin: Any, public: Any, pools: Pools, pool: str, client: str, user: str
) -> None:
    result = signed_in(public, client, user)
    other = pools.client(pool, *FLOWS)
    for name in ("AccessToken", "IdToken"):
        assert refused(public.revoke_token, ClientId=client, Token=result[name]) == (
            "UnsupportedTokenTypeException",
            "Unsupported token type",
        )
    for client_id, token in ((client, "x"), (other, result["RefreshToken"])):
        assert members(public.revoke_token(ClientId=client_id, Token=token)) == {}
    assert refused(public.revoke_token, ClientId="none", Token="x") == (
        "UnauthorizedException",
        "Invalid client or secret",
    )
    assert public.get_user(AccessToken=result["AccessToken"])["Username"] == user


def test_a_wrong_secret_revokes_nothing(admin: Any, public: Any, pools: Pools, pool: str) -> None:
    client = pools.client(pool, *FLOWS, GenerateSecret=True)
    for secret in ({}, {"ClientSecret": "w" * 52}):
        assert refused(public.revoke_token, ClientId=client, Token="x", **secret) == (
            "UnauthorizedException",
            "Invalid client or secret",
        )


def test_signing_out_everywhere_reaches_every_client(
    public: Any, pools: Pools, pool: str, client: str, user: str
) -> None:
    other = pools.client(pool, *FLOWS)
    here, there = signed_in(public, client, user), signed_in(public, other, user)
    assert members(public.global_sign_out(AccessToken=here["AccessToken"])) == {}
    for client_id, result in ((client, here), (other, there)):
        assert refused(public.get_user, AccessToken=result["AccessToken"]) == (
            "NotAuthorizedException",
            "Access Token has been revoked",
        )
        assert refused(refresh, public, client_id, result["RefreshToken"]) == (
            "NotAuthorizedException",
            "Refresh Token has been revoked",
        )
    assert "AccessToken" in signed_in(public, client, user)


def test_revoking_again_does_not_bring_back_what_a_sign_out_ended(
    admin: Any, public: Any, pools: Pools, pool: str, user: str
) -> None:
    client = pools.client(pool, "USER_PASSWORD_AUTH", RefreshTokenRotation=ROTATION)
    first = signed_in(public, client, user)
    rotated = get_tokens(public, client, first["RefreshToken"])
    admin.update_user_pool_client(
        UserPoolId=pool,
        ClientId=client,
        ExplicitAuthFlows=[f"ALLOW_{flow}" for flow in FLOWS],
        RefreshTokenRotation={"Feature": "DISABLED"},
    )
    token = refresh(public, client, rotated["RefreshToken"])["AccessToken"]
    public.revoke_token(ClientId=client, Token=rotated["RefreshToken"])
    assert public.get_user(AccessToken=token)["Username"] == user
    admin.admin_user_global_sign_out(UserPoolId=pool, Username=user)
    public.revoke_token(ClientId=client, Token=rotated["RefreshToken"])
    assert refused(public.get_user, AccessToken=token) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )
