"""A passkey provider in software: what a browser and a security key do together.

https://www.w3.org/TR/webauthn-3/ (authenticator data: section 6.1) and RFC 9052 and 8949 for the
little of COSE and CBOR that it takes.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

Json = dict[str, Any]

ES256 = -7
RS256 = -257
USER_PRESENT, USER_VERIFIED, KEY_ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Passkey:
    """A key pair for one user of one relying party."""

    id: bytes
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    relying_party_id: str
    user_handle: bytes
    uses: int = 0


@dataclass
class Authenticator:
    """A device that makes passkeys and signs with them."""

    algorithm: int = ES256
    verifies_user: bool = True  # asks for a fingerprint or a PIN
    passkeys: list[Passkey] = field(default_factory=list)

    def create(self, options: Json, origin: str) -> Json:
        """Make a passkey as navigator.credentials.create() does; return RegistrationResponseJSON.

        Raises ValueError where a browser would refuse: an algorithm that is not offered, or a
        passkey that is excluded.
        """
        if self.algorithm not in [offered["alg"] for offered in options["pubKeyCredParams"]]:
            raise ValueError("the relying party does not take this algorithm")
        excluded = {_decoded(item["id"]) for item in options.get("excludeCredentials", [])}
        if any(passkey.id in excluded for passkey in self.passkeys):
            raise ValueError("this authenticator has a passkey of the user already")
        passkey = Passkey(
            id=secrets.token_bytes(32),
            key=_new_key(self.algorithm),
            relying_party_id=options["rp"]["id"],
            user_handle=_decoded(options["user"]["id"]),
        )
        self.passkeys.append(passkey)
        attested = bytes(16) + len(passkey.id).to_bytes(2, "big") + passkey.id
        data = self._authenticator_data(passkey, KEY_ATTESTED) + attested + _cose(passkey.key)
        response = {
            "attestationObject": _encoded(_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal"],
        }
        return _credential(passkey, "webauthn.create", options["challenge"], origin, response)

    def get(self, options: Json, origin: str) -> Json:
        """Sign a challenge as navigator.credentials.get() does; return AuthenticationResponseJSON.

        Raises LookupError if no passkey fits the options.
        """
        allowed = {_decoded(item["id"]) for item in options.get("allowCredentials", [])}
        fitting = [
            passkey
            for passkey in self.passkeys
            if passkey.relying_party_id == options["rpId"]
            and (passkey.id in allowed or not allowed)
        ]
        if not fitting:
            raise LookupError("this authenticator has no passkey for it")
        passkey = fitting[-1]
        passkey.uses += 1
        data = self._authenticator_data(passkey, 0)
        client_data = _client_data("webauthn.get", options["challenge"], origin)
        signed = data + hashlib.sha256(client_data).digest()
        response = {
            "authenticatorData": _encoded(data),
            "signature": _encoded(_signature(passkey.key, signed)),
            "userHandle": _encoded(passkey.user_handle),
        }
        return _credential(passkey, "webauthn.get", options["challenge"], origin, response)

    def _authenticator_data(self, passkey: Passkey, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies_user else 0)
        relying_party = hashlib.sha256(passkey.relying_party_id.encode()).digest()
        return relying_party + bytes([flags]) + passkey.uses.to_bytes(4, "big")


def _credential(passkey: Passkey, kind: str, challenge: str, origin: str, response: Json) -> Json:
    client_data = _encoded(_client_data(kind, challenge, origin))
    return {
        "id": _encoded(passkey.id),
        "rawId": _encoded(passkey.id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {"clientDataJSON": client_data, **response},
    }


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    members = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps(members, separators=(",", ":")).encode()


def _new_key(algorithm: int) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def _signature(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, data: bytes) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256()))
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _cose(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """Return the public key as COSE has it: kty, alg, then the numbers of the curve or of RSA."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
        return _cbor({1: 2, 3: ES256, -1: 1, -2: x, -3: y})
    numbers = key.public_key().public_numbers()
    modulus, exponent = numbers.n.to_bytes(256, "big"), numbers.e.to_bytes(3, "big")
    return _cbor({1: 3, 3: RS256, -1: modulus, -2: exponent})


def _cbor(value: object) -> bytes:
    """Return a number, bytes, text or a map in CBOR."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        items = b"".join(_cbor(key) + _cbor(item) for key, item in value.items())
        return _head(5, len(value)) + items
    raise TypeError(f"no CBOR for {type(value).__name__}")


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    if number < 256:
        return bytes([kind << 5 | 24, number])
    return bytes([kind << 5 | 25]) + number.to_bytes(2, "big")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
