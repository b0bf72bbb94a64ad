"""A pool's two signing keys, and the JSON Web Tokens (RFC 7519) that they sign with RS256."""

import base64
import hashlib
import json
import secrets
from functools import cache
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.cognito.records import Pool
from local.cognito.server import Json, Server

Use = Literal["id", "access"]
PLACE = {"id": 0, "access": 1}  # which of the pool's keys signs which tokens


def sign(server: Server, pool: Pool, use: Use, claims: Json) -> str:
    """Return a token with these claims."""
    pair = _pairs(server, pool)[PLACE[use]]
    text = f"{_part({'kid': pair['kid'], 'alg': 'RS256'})}.{_part(_in_wire_order(claims))}"
    signature = _private_key(pair["pem"]).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{encoded(signature)}"


def is_signed(server: Server, pool: Pool, use: Use, token: str) -> bool:
    """Tell whether the pool signed this token."""
    text, _, signature = token.rpartition(".")
    key = _private_key(_pairs(server, pool)[PLACE[use]]["pem"]).public_key()
    try:
        key.verify(decoded(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def claims_of(token: str) -> Json:
    """Return what a token says, unverified; raise ValueError for what is not a token."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("a token has three parts")
    try:
        claims = json.loads(decoded(parts[1]))
    except RecursionError:
        raise ValueError("claims are nested too deeply") from None
    if not isinstance(claims, dict):
        raise ValueError("claims are an object")
    return claims


def jwks(server: Server, pool: Pool) -> Json:
    """Return the JSON Web Key Set (RFC 7517) of the pool."""
    return {"keys": [_public_jwk(pair) for pair in _pairs(server, pool)]}


def half_hash(token: str) -> str:
    """Return at_hash (OpenID Connect Core 1.0, section 3.1.3.6)."""
    return encoded(hashlib.sha256(token.encode()).digest()[:16])


def encoded(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding; raise ValueError for anything else."""
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), b"-_", validate=True)


def _pairs(server: Server, pool: Pool) -> list[dict[str, str]]:
    """Return the pool's keys, made when they are first needed because that takes a while."""
    with server.store.transaction():  # so that two requests do not make two
        stored = server.store.get(Pool, pool.id) or pool
        if not stored.keys:
            stored.keys = [_new_pair(), _new_pair()]
            server.store.save(stored)
        pool.keys = stored.keys
        return stored.keys


def _new_pair() -> dict[str, str]:
    pem = rsa.generate_private_key(public_exponent=65_537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # Standard base64 with padding, as AWS's: it may hold `/` and `+`.
    return {"kid": base64.b64encode(secrets.token_bytes(32)).decode(), "pem": pem.decode()}


@cache
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101
    return key


def _public_jwk(pair: dict[str, str]) -> Json:
    numbers = _private_key(pair["pem"]).public_key().public_numbers()
    modulus = numbers.n.to_bytes(256, "big")
    return {
        "alg": "RS256",
        "e": "AQAB",
        "kid": pair["kid"],
        "kty": "RSA",
        "n": encoded(modulus),
        "use": "sig",
    }


def _in_wire_order(claims: Json) -> Json:
    """Return claims in the order in which AWS writes them.

    In every recorded token it is the order of a Java HashMap: by the hash of the name, modulo a
    power of two that grows with the number of claims, and within one remainder as they were added.
    """
    size = 1 << int(len(claims) / 0.75).bit_length()
    return dict(sorted(claims.items(), key=lambda claim: _java_hash(claim[0]) % size))


def _java_hash(text: str) -> int:
    number = 0
    for character in text:
        number = (31 * number + ord(character)) % 2**32
    return number ^ number >> 16


def _part(value: Json) -> str:
    return encoded(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
