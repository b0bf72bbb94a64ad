"""The client's half of Cognito's SRP-6a: for passwords, and for remembered devices.

The arithmetic is RFC 5054's with the 3072-bit group. Cognito's dialect differs in two places:
integers are hashed as their shortest two's complement bytes, not padded to the width of N, and the
proof is an HMAC with a key derived by HKDF over the label "Caldera Derived Key".
"""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime

# RFC 3526 section 4, group 15.
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


class Identity:
    """Whose password is proved.

    For a user: the pool's id after the underscore, USER_ID_FOR_SRP and the password.
    For a device: its DeviceGroupKey, its DeviceKey and the password that it made for itself.
    """

    def __init__(self, group: str, name: str, password: str) -> None:
        self.group, self.name = group, name
        self._inner = _hash(f"{group}{name}:{password}".encode())

    def exponent(self, salt: int) -> int:
        """Return SRP's x for a salt."""
        return int.from_bytes(_hash(_bytes(salt) + self._inner))

    def verifier(self) -> tuple[str, str]:
        """Return a new Salt and its PasswordVerifier, as ConfirmDevice takes them (base64)."""
        salt = int.from_bytes(secrets.token_bytes(16))
        verifier = pow(G, self.exponent(salt), N)
        return (
            base64.b64encode(_bytes(salt)).decode(),
            base64.b64encode(_bytes(verifier)).decode(),
        )


class Client:
    """One run of the exchange. `public` is what goes to the server as SRP_A."""

    def __init__(self) -> None:
        self._private = secrets.randbelow(N - 2) + 1
        self._public = pow(G, self._private, N)
        self.public = f"{self._public:x}"

    def claim(
        self, salt: str, server_public: str, secret_block: str, timestamp: str, identity: Identity
    ) -> str:
        """Return the PASSWORD_CLAIM_SIGNATURE for a challenge's SALT, SRP_B and SECRET_BLOCK."""
        b = int(server_public, 16)
        u = int.from_bytes(_hash(_bytes(self._public) + _bytes(b)))
        x = identity.exponent(int(salt, 16))
        k = int.from_bytes(_hash(_bytes(N) + _bytes(G)))
        shared = pow(b - k * pow(G, x, N), self._private + u * x, N)
        extracted = hmac.digest(_bytes(u), _bytes(shared), "sha256")
        key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
        signed = (
            f"{identity.group}{identity.name}".encode()
            + base64.b64decode(secret_block)
            + timestamp.encode()
        )
        return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def timestamp(seconds: float) -> str:
    """Return a point in time as TIMESTAMP: English names, the day without a leading zero."""
    at = datetime.fromtimestamp(seconds, UTC)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][
        at.month - 1
    ]
    return f"{weekday} {month} {at.day} {at:%H:%M:%S} UTC {at.year}"


def _bytes(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1)


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
