"""Verify Cognito's tokens: structure, then signature, then claims.

The rules are those of RFC 8725 and of AWS's "Verifying JSON web tokens". python-jose checks the
signature only, because it is lenient with everything else (see `TokenVerifier.verify`).
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, NamedTuple

from app import strict
from app.cognito.keys import NOT_VALID, KeySet
from app.errors import InvalidToken

MAX_TOKEN_BYTES = 8192


class TokenVerifier:
    """Accept one kind of token (`use`: "access" or "id"), from one pool, for one app client.

    `client_claim` is where Cognito puts the app client: `client_id` in access tokens, `aud` in
    ID tokens. `strings` names further claims that must be there as strings.
    """

    def __init__(
        self,
        keys: KeySet,
        *,
        issuers: Collection[str],
        use: str,
        client_claim: str,
        client_id: str,
        strings: Collection[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuers = issuers
        self._use = use
        self._client_claim = client_claim
        self._client_id = client_id
        self._strings = ("sub", *strings)
        self._clock = clock

    def verify(self, token: str) -> dict[str, Any]:
        """Return the token's claims; raise InvalidToken, or UpstreamUnavailable without keys.

        python-jose 3.5 checks the signature only. As a whole it would accept `crit`, members named
        twice, non-canonical base64, a missing or malformed `exp` and any key of a set, and would
        raise JWKError, TypeError, OverflowError and RecursionError.
        """
        parsed = _parse(token)
        key = self._keys.key(parsed.kid)
        if not key.verify(parsed.signed, parsed.signature):
            raise InvalidToken(NOT_VALID)
        self._check(parsed.claims)
        return parsed.claims

    def _check(self, claims: dict[str, Any]) -> None:
        now = self._clock()
        if not _is_one_of(claims.get("iss"), self._issuers):
            raise InvalidToken("The token was issued by another user pool.")
        if claims.get("token_use") != self._use:
            raise InvalidToken(f"The token is not an {self._use} token.")
        if claims.get(self._client_claim) != self._client_id:
            raise InvalidToken("The token was issued to another app client.")
        if not (_is_number(claims.get("iat")) and _is_number(claims.get("exp"))):
            raise InvalidToken(NOT_VALID)
        if claims["exp"] <= now:  # not valid "on or after" it: RFC 7519, section 4.1.4
            raise InvalidToken("The token has expired.")
        if "nbf" in claims and not (_is_number(claims["nbf"]) and claims["nbf"] <= now):
            raise InvalidToken("The token is not valid yet.")
        for name in self._strings:
            if not isinstance(claims.get(name), str):
                raise InvalidToken(NOT_VALID)
        if not claims["sub"]:
            raise InvalidToken(NOT_VALID)


class _Parsed(NamedTuple):
    kid: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def _parse(token: str) -> _Parsed:
    """Parse a compact JWS in canonical form; raise InvalidToken."""
    if len(token) > MAX_TOKEN_BYTES:
        raise InvalidToken(NOT_VALID)
    try:
        header, claims, signature = token.split(".")
        return _Parsed(
            _kid(header),
            strict.json_object(strict.base64url(claims)),
            f"{header}.{claims}".encode(),
            strict.base64url(signature),
        )
    except ValueError as error:
        raise InvalidToken(NOT_VALID) from error


@lru_cache(maxsize=16)  # a pool signs with two keys, and so its tokens have two headers
def _kid(segment: str) -> str:
    """Return the key id in a token's header segment; raise ValueError unless it is for RS256.

    Members that bring or locate a key (jku, x5u, jwk, x5c) are not read: RFC 8725, section 3.10.
    """
    header = strict.json_object(strict.base64url(segment))
    kid = header.get("kid")
    if (
        header.get("alg") != "RS256"
        or not isinstance(kid, str)
        or not _is_one_of(header.get("typ", "JWT"), ("JWT", "at+jwt"))
        or "crit" in header
        or "cty" in header
    ):
        raise ValueError("not a header of Cognito's")
    return kid


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_one_of(value: object, allowed: Collection[str]) -> bool:
    return isinstance(value, str) and value in allowed


def is_from_login(claims: dict[str, Any], *, nonce: str | None, access_token: str) -> bool:
    """Tell whether a verified ID token belongs to the login that sent `nonce`.

    None stands for a login whose nonce is not known here: its PKCE verifier alone binds it.

    OpenID Connect Core 1.0, sections 3.1.3.7 (nonce) and 3.1.3.8 (at_hash, where it is present).
    """
    digest = hashlib.sha256(access_token.encode()).digest()
    at_hash = base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
    if claims.get("at_hash", at_hash) != at_hash:
        return False
    claimed = claims.get("nonce")
    return nonce is None or (
        isinstance(claimed, str) and hmac.compare_digest(claimed.encode(), nonce.encode())
    )
