"""What a client that hides which users exist is told of somebody who does not.

All of it follows from the pool's secret and the name, so that asking again, or through another
client of the pool, gives the same answer.
"""

import hmac

from local.cognito import keys, messages, srp
from local.cognito.new_users import new_sub
from local.cognito.records import Pool
from local.cognito.server import Json


def password(pool: Pool, name: str) -> dict[str, str]:
    """Return SRP's salt and verifier of a password that nobody has."""
    salt = int.from_bytes(_bytes(pool, "salt", name)[:16], "big")
    exponent = int.from_bytes(_bytes(pool, "verifier", name), "big")
    return {"salt": f"{salt:x}", "verifier": f"{pow(srp.G, exponent, srp.N):x}"}


def username(pool: Pool, name: str) -> str:
    """Return the canonical user name: an id in pools that sign in by email or phone."""
    if not pool.settings.get("UsernameAttributes"):
        return name
    return new_sub(_bytes(pool, "sub", name)[:16])


def first_factor(pool: Pool, name: str, allowed: list[str]) -> str:
    """Return the one first factor of the user: of the pool's, the one that the name looks like."""
    for looks, factor in (
        (messages.EMAIL.fullmatch(name), "EMAIL_OTP"),
        (messages.PHONE.fullmatch(name), "SMS_OTP"),
    ):
        if looks and factor in allowed:
            return factor
    return allowed[_bytes(pool, "factor", name)[0] % len(allowed)]


def destination(pool: Pool, name: str, medium: str) -> str:
    """Return an address for a code that is not sent."""
    digest = _bytes(pool, "destination", name).hex()
    if medium == "EMAIL":
        return name if messages.EMAIL.fullmatch(name) else f"{name[:1]}{digest[:6]}@{digest[6:12]}"
    digits = f"{int(digest, 16) % 10**10:010}"
    return name if messages.PHONE.fullmatch(name) else f"+1{digits}"


def passkey(pool: Pool, name: str) -> Json:
    """Return the entry of allowCredentials for a passkey that nobody has."""
    credential_id = keys.encoded(_bytes(pool, "passkey", name))
    return {"id": credential_id, "transports": ["internal"], "type": "public-key"}


def _bytes(pool: Pool, what: str, name: str) -> bytes:
    return hmac.digest(pool.secret.encode(), f"{what} {name}".encode(), "sha256")
