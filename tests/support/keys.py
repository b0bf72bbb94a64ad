"""Signing keys and tokens for tests: made at run time, like the ones a user pool issues.

`make_token` and `make_id_token` build what Cognito would; `sign` signs any two segments, so hostile
tokens can be written byte by byte. None of it touches the code under test or its JWT library.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

REGION = "us-east-1"
POOL = "us-east-1_TestPool1"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL}"
CLIENT_ID = "1testclient0123456789abcde"
CLIENT_SECRET = (
    "test0client1secret2that3is4long5enough"  # botocore refuses fewer than 24 characters
)
EMAIL = "jane@example.com"
SUB = "a1b2c3d4-5678-4abc-8def-0123456789ab"

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def b64url(data: bytes) -> str:
    """Encode as unpadded base64url, the way JOSE writes bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int, length: int | None = None) -> str:
    return b64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


@dataclass(frozen=True)
class Key:
    """A private key, with the `kid` and `alg` under which its public half is published."""

    kid: str
    private: Any
    alg: str = "RS256"

    @property
    def jwk(self) -> dict[str, str]:
        """The public half, as Cognito lists it in jwks.json."""
        public = {"alg": self.alg, "kid": self.kid, "use": "sig"}
        numbers = self.private.public_key().public_numbers()
        if self.alg == "ES256":
            point = {"x": _number(numbers.x, 32), "y": _number(numbers.y, 32)}
            return public | {"kty": "EC", "crv": "P-256"} | point
        return public | {"kty": "RSA", "e": _number(numbers.e), "n": _number(numbers.n)}


# Cognito's key ids are base64, so these have its awkward characters too.
@cache
def pool_key() -> Key:
    """Make the pool's current key: what every token is signed with unless a test says otherwise."""
    return Key("Current+key/1=", rsa.generate_private_key(65537, 2048))


@cache
def next_key() -> Key:
    """Make the key that the pool rotates to."""
    return Key("Next+key/2=", rsa.generate_private_key(65537, 2048))


@cache
def weak_key() -> Key:
    """Make an RSA key too short to be trusted."""
    return Key("Weak+key/3=", rsa.generate_private_key(65537, 1024))  # noqa: S505


@cache
def ec_key() -> Key:
    """Make an elliptic-curve key, which Cognito never uses for tokens."""
    return Key("Curve+key/4=", ec.generate_private_key(ec.SECP256R1()), alg="ES256")


def _signature(data: bytes, key: Key | bytes, alg: str) -> bytes:
    if alg.lower() == "none":
        return b""
    family, digest = alg[:2], HASHES[alg[2:]]
    if isinstance(key, bytes):
        return hmac.digest(key, data, digest.name)
    if family == "RS":
        return key.private.sign(data, padding.PKCS1v15(), digest)
    if family == "PS":
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return key.private.sign(data, pss, digest)
    r, s = decode_dss_signature(key.private.sign(data, ec.ECDSA(digest)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sign(header: bytes, payload: bytes, key: Key | bytes, alg: str | None = None) -> str:
    """Sign two raw segments, whatever they hold, with `alg` (the key's own unless given).

    RS*, PS*, ES256 and none take a `Key`; HS* takes the shared secret as bytes.
    """
    data = f"{b64url(header)}.{b64url(payload)}"
    alg = alg or (key.alg if isinstance(key, Key) else "HS256")
    return f"{data}.{b64url(_signature(data.encode(), key, alg))}"


def _token(
    standard: dict[str, Any],
    key: Key | bytes | None,
    alg: str | None,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    drop: Iterable[str],
) -> str:
    key = key if key is not None else pool_key()
    kid = key.kid if isinstance(key, Key) else pool_key().kid
    alg = alg or (key.alg if isinstance(key, Key) else "HS256")
    parts = ({"kid": kid, "alg": alg, **header}, {**standard, **claims})
    left = ({name: part[name] for name in part if name not in set(drop)} for part in parts)
    head, payload = (json.dumps(part, separators=(",", ":")).encode() for part in left)
    return sign(head, payload, key, alg)


def _common(token_use: str) -> dict[str, Any]:
    now = int(time.time())
    ids = {name: str(uuid.uuid4()) for name in ("origin_jti", "event_id", "jti")}
    times = {"auth_time": now, "iat": now, "exp": now + 3600}
    return {"sub": SUB, "iss": ISSUER, "token_use": token_use, **times, **ids}


def make_token(
    *,
    key: Key | bytes | None = None,
    alg: str | None = None,
    header: Mapping[str, Any] = {},
    claims: Mapping[str, Any] = {},
    drop: Iterable[str] = (),
) -> str:
    """Build a valid access token, except for what the arguments change.

    `alg` says how it is signed (and what the header says); `header` and `claims` override single
    members; `drop` names members to leave out of either.
    """
    scope = "aws.cognito.signin.user.admin"
    specific = {"client_id": CLIENT_ID, "scope": scope, "username": SUB}
    return _token(_common("access") | specific, key, alg, header, claims, drop)


def make_id_token(
    *,
    key: Key | bytes | None = None,
    alg: str | None = None,
    access_token: str | None = None,
    nonce: str | None = None,
    header: Mapping[str, Any] = {},
    claims: Mapping[str, Any] = {},
    drop: Iterable[str] = (),
) -> str:
    """Build a valid ID token; `access_token` adds its `at_hash` and `nonce` is the request's."""
    specific: dict[str, Any] = {"aud": CLIENT_ID, "cognito:username": SUB}
    specific |= {"email": EMAIL, "email_verified": True}
    if access_token is not None:
        specific["at_hash"] = b64url(hashlib.sha256(access_token.encode()).digest()[:16])
    if nonce is not None:
        specific["nonce"] = nonce
    return _token(_common("id") | specific, key, alg, header, claims, drop)
