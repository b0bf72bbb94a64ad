"""Cognito's dialect of SRP-6a (RFC 5054), the server's side.

All hashes are SHA-256 and all numbers are hashed as `padded` writes them, not padded to the width
of N as RFC 5054 has it. The one who signs in is a name in a realm: a user in a pool (the pool's id
without its region) or a device in its group.
"""

import base64
import hashlib
import hmac
import secrets

# The 3072-bit group of RFC 5054, appendix A; its generator is 2, not RFC 5054's 5.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
    "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
    "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
    "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2


def padded(number: int) -> bytes:
    """Return the fewest bytes whose first bit is 0: a positive number in two's complement."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


K = _hash(padded(N), padded(G))


def new_salt() -> int:
    """Return 16 random bytes as the number that they are to Cognito."""
    return secrets.randbits(128)


def verifier(realm: str, name: str, password: str, salt: int) -> int:
    """Return v, what the server keeps of a password."""
    identity = hashlib.sha256(f"{realm}{name}:{password}".encode()).digest()
    return pow(G, _hash(padded(salt), identity), N)


def new_private() -> int:
    """Return b, the server's secret of one sign-in."""
    return secrets.randbits(256)


def public(v: int, b: int) -> int:
    """Return B, the server's answer to the client's A."""
    return (K * v + pow(G, b, N)) % N


def signature(
    realm: str, name: str, v: int, a_public: int, b: int, secret_block: bytes, timestamp: str
) -> str | None:
    """Return the only right PASSWORD_CLAIM_SIGNATURE, or None where A lets no proof be right.

    An A that N divides would make the key known to everybody, the password unneeded (RFC 5054,
    section 2.5.4).
    """
    if a_public % N == 0:
        return None
    u = padded(_hash(padded(a_public), padded(public(v, b))))
    shared = padded(pow(a_public * pow(v, int.from_bytes(u, "big"), N), b, N))
    # HKDF (RFC 5869) of 16 bytes: one round.
    key = hmac.digest(hmac.digest(u, shared, "sha256"), b"Caldera Derived Key\x01", "sha256")[:16]
    claim = f"{realm}{name}".encode() + secret_block + timestamp.encode()
    return base64.b64encode(hmac.digest(key, claim, "sha256")).decode()
