"""Verify Cognito's tokens: structure, then signature, then claims. Knows no Flask.

The rules are those of RFC 8725 and of AWS's "Verifying JSON web tokens"; where python-jose is
lenient (see `TokenVerifier.verify`) the strict reading is applied before it sees a token.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

import base64
import hashlib
import hmac
import logging
import math
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

from app import strict
from app.errors import ApiError, InvalidToken, UpstreamError, UpstreamUnavailable

log = logging.getLogger(__name__)

MAX_TOKEN_BYTES = 8192
MIN_RSA_BITS = 2048
REFETCH_SECONDS = 10  # between two fetches that unknown key ids cause, as in aws-jwt-verify
MAX_AGE_SECONDS = 24 * 3600
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth"}  # RFC 7518, section 6.3.2

NOT_VALID = "The token is not valid."


class KeySet:
    """The pool's signing keys by key id, fetched when first needed and kept through outages.

    `fetch` returns the key set's bytes or raises an ApiError; `clock` returns seconds.
    """

    def __init__(
        self, fetch: Callable[[], bytes], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, Key] = {}
        self._fetched_at = -math.inf
        self._refetched_at = -math.inf
        self._failures = 0

    def key(self, kid: str) -> Key:
        """Return the key of this id; raise InvalidToken, or UpstreamUnavailable without any key."""
        key = self._keys.get(kid)
        if key and self._clock() - self._fetched_at < MAX_AGE_SECONDS:
            return key
        failures = self._failures
        # Whoever has a key need not wait for somebody else's refresh.
        if self._lock.acquire(blocking=not key):
            try:
                self._refresh(kid, failures)
            finally:
                self._lock.release()
        if key := self._keys.get(kid):
            return key
        if not self._keys:
            raise UpstreamUnavailable("The pool's signing keys cannot be read.", retry_after=10)
        raise InvalidToken(NOT_VALID)

    def _refresh(self, kid: str, failures: int) -> None:
        now = self._clock()
        if kid in self._keys and now - self._fetched_at < MAX_AGE_SECONDS:
            return  # fetched while this thread waited
        if not self._keys and self._failures != failures:
            return  # the fetch this thread waited for failed: share that, do not queue up
        if self._keys:
            if now - self._refetched_at < REFETCH_SECONDS:
                return
            self._refetched_at = now
        try:
            self._keys = usable_keys(self._fetch())
            self._fetched_at = self._clock()
        except ApiError as error:  # the keys known so far stay in use
            self._failures += 1
            log.error("Signing keys not fetched: %s %s", error.message, error.cause or "")


def usable_keys(document: bytes) -> dict[str, Key]:
    """Read a JSON Web Key Set (RFC 7517); return its keys that RS256 may use, by key id.

    Keys of other kinds are passed over; a key id listed twice names no key.
    Raises UpstreamError for a set without a usable key.
    """
    try:
        listed = strict.json_object(document)["keys"]
        entries = [entry for entry in listed if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError) as error:
        raise UpstreamError("The pool's key set is not one.") from error
    kids = [entry.get("kid") for entry in entries]
    keys = {
        entry["kid"]: key
        for entry in entries
        if (key := _usable_key(entry)) and kids.count(entry["kid"]) == 1
    }
    if not keys:
        raise UpstreamError("The pool's key set has no usable key.")
    return keys


def _usable_key(entry: dict[str, Any]) -> Key | None:
    """Return the entry as a ready key if it is a public RSA key for signatures, else None."""
    try:
        n, e = (int.from_bytes(strict.base64url(entry[member])) for member in ("n", "e"))
        usable = (
            entry["kty"] == "RSA"
            and isinstance(entry["kid"], str)
            and entry.get("use", "sig") == "sig"
            and entry.get("alg", "RS256") == "RS256"
            and "verify" in entry.get("key_ops", ["verify"])
            and not PRIVATE_MEMBERS & entry.keys()
            and n.bit_length() >= MIN_RSA_BITS
            and e >= 3
            and e % 2 == 1
            and not _is_factorable(n)
        )
        return jwk.construct({m: entry[m] for m in ("kty", "n", "e")}, "RS256") if usable else None
    except (AttributeError, KeyError, TypeError, ValueError, JOSEError):
        return None


def _is_factorable(n: int) -> bool:
    """Tell whether a modulus is one of CVE-2017-15361 (ROCA): these are powers of 65537 modulo
    every small prime, which by chance one modulus in 200 million is.
    """
    return all(n % prime in powers for prime, powers in _POWERS.items())


# The primes below 160 of which 65537 is no primitive root, with its powers modulo each.
_POWERS = {
    prime: {pow(65537, i, prime) for i in range(prime)}
    for prime in (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
}


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
        """Return the token's claims, or raise InvalidToken (UpstreamUnavailable without keys).

        python-jose 3.5 gets to see the signature alone. Left to itself it accepts `crit`, members
        named twice, sloppy base64, a missing or odd `exp` and any key of a set, and it lets
        JWKError, TypeError, OverflowError and RecursionError escape.
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
        if claims["exp"] <= now:  # "on or after" is too late: RFC 7519, section 4.1.4
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
    """Read a compact JWS in its only spelling; raise InvalidToken."""
    if len(token) > MAX_TOKEN_BYTES:
        raise InvalidToken(NOT_VALID)
    try:
        header, claims, signature = token.split(".")
        return _Parsed(
            _kid(strict.json_object(strict.base64url(header))),
            strict.json_object(strict.base64url(claims)),
            f"{header}.{claims}".encode(),
            strict.base64url(signature),
        )
    except ValueError as error:
        raise InvalidToken(NOT_VALID) from error


def _kid(header: dict[str, Any]) -> str:
    """Return the key id of a header that asks for nothing but RS256; raise ValueError.

    What names a key elsewhere (jku, x5u, jwk, x5c) is not even looked at: RFC 8725, section 3.10.
    """
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


def is_from_login(claims: dict[str, Any], *, nonce: str, access_token: str) -> bool:
    """Tell whether a verified ID token answers the login that sent `nonce`.

    OpenID Connect Core 1.0, sections 3.1.3.7 (nonce) and 3.1.3.8 (at_hash, where it is present).
    """
    digest = hashlib.sha256(access_token.encode()).digest()
    at_hash = base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
    claimed = claims.get("nonce")
    return (
        isinstance(claimed, str)
        and hmac.compare_digest(claimed.encode(), nonce.encode())
        and claims.get("at_hash", at_hash) == at_hash
    )
