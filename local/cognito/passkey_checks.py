"""Whether a browser's credential answers a challenge; py_webauthn does most of the checking.

https://www.w3.org/TR/webauthn-3/, sections 7.1 (registration) and 7.2 (sign-in). AWS's model says
when each WebAuthn exception is raised; of their messages one is known, "Credential data is not
valid".
"""

import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    encode_cbor,
    parse_attestation_object,
    parse_cbor,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier

from local.cognito.errors import Refused, invalid_parameter
from local.cognito.records import Passkey

log = logging.getLogger(__name__)

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]


@dataclass(frozen=True)
class NewCredential:
    """What a registration brings."""

    id: str  # base64url
    public_key: str  # base64url of the COSE key
    sign_count: int
    attachment: str | None
    transports: list[str]


def registered(
    document: object, *, challenge: str, relying_party_id: str, require_user_verification: bool
) -> NewCredential:
    """Return what a RegistrationResponseJSON registers, or refuse it."""
    try:
        return _registered(document, challenge, relying_party_id, require_user_verification)
    except Refused:
        raise
    except Exception as error:  # py_webauthn's parsers let errors of many types through
        log.info("A passkey was not registered: %r", error)
        raise invalid_parameter("Credential data is not valid") from error


def _registered(
    document: Any, challenge: str, relying_party_id: str, require_user_verification: bool
) -> NewCredential:
    response = document["response"]
    transports = response["transports"]
    attachment = document.get("authenticatorAttachment")
    if not all(isinstance(name, str) for name in transports):
        raise TypeError("transports are names")
    client_data = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
    if client_data.challenge != base64url_to_bytes(challenge):
        raise no_challenge()
    if not _is_origin_of(client_data.origin, relying_party_id):
        raise Refused(
            "WebAuthnOriginNotAllowedException",
            f"The origin {client_data.origin} is not one of {relying_party_id}.",
        )
    attestation = base64url_to_bytes(response["attestationObject"])
    data = parse_attestation_object(attestation).auth_data
    if data.rp_id_hash != hashlib.sha256(relying_party_id.encode()).digest():
        raise Refused(
            "WebAuthnRelyingPartyMismatchException",
            f"The passkey is not for the relying party {relying_party_id}.",
        )
    if data.attested_credential_data is None:
        raise ValueError("no key is attested")
    key = decode_credential_public_key(data.attested_credential_data.credential_public_key)
    if key.alg not in ALGORITHMS:
        raise Refused(
            "WebAuthnCredentialNotSupportedException", "The passkey's algorithm is not supported."
        )
    if require_user_verification and not data.flags.uv:
        raise Refused(
            "WebAuthnCredentialNotSupportedException", "The passkey does not verify the user."
        )
    verified = verify_registration_response(
        credential={
            **document,
            "response": {**response, "attestationObject": _without_statement(attestation)},
        },
        expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=relying_party_id,
        expected_origin=client_data.origin,
        supported_pub_key_algs=ALGORITHMS,
    )
    if bytes_to_base64url(verified.credential_id) != document["id"]:
        raise ValueError("the attested key has another ID")
    return NewCredential(
        id=document["id"],
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        attachment=attachment if isinstance(attachment, str) else None,
        transports=transports,
    )


def asserted(
    credential: str,
    passkeys: list[Passkey],
    *,
    challenge: str,
    user_handle: bytes,
    require_user_verification: bool,
) -> Passkey | None:
    """Return the passkey whose AuthenticationResponseJSON answers the challenge, else None.

    It has its new sign count, which is for the caller to keep.
    """
    try:
        return _asserted(
            json.loads(credential), passkeys, challenge, user_handle, require_user_verification
        )
    except Exception as error:  # as in `registered`
        log.info("A passkey's assertion was refused: %r", error)
        return None


def _asserted(
    document: Any,
    passkeys: list[Passkey],
    challenge: str,
    user_handle: bytes,
    require_user_verification: bool,
) -> Passkey:
    passkey = {item.id: item for item in passkeys}[document["id"]]
    response = document["response"]
    handle = response.get("userHandle")
    if handle and not hmac.compare_digest(base64url_to_bytes(handle), user_handle):
        raise ValueError("the user handle is another user's")
    client_data = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
    if not _is_origin_of(client_data.origin, passkey.relying_party_id):
        raise ValueError("the origin is not one of the relying party")
    verified = verify_authentication_response(
        credential=document,
        expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=passkey.relying_party_id,
        expected_origin=client_data.origin,
        credential_public_key=base64url_to_bytes(passkey.public_key),
        credential_current_sign_count=passkey.sign_count,
        require_user_verification=require_user_verification,
    )
    passkey.sign_count = verified.new_sign_count
    return passkey


def no_challenge() -> Refused:
    """Return the refusal of a registration that nobody started, or that took too long."""
    return Refused(
        "WebAuthnChallengeNotFoundException", "The challenge of the registration has expired."
    )


def _is_origin_of(origin: str, relying_party_id: str) -> bool:
    """Tell whether a page at the origin may use the relying party's passkeys.

    Its host is the relying party ID or ends in it, and the page came over TLS, except from
    localhost, which browsers trust without.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    is_secure = parts.scheme == "https" or (
        parts.scheme == "http" and (host == "localhost" or host.endswith(".localhost"))
    )
    return is_secure and (host == relying_party_id or host.endswith(f".{relying_party_id}"))


def _without_statement(attestation: bytes) -> str:
    """Return the attestation object as an authenticator makes it that states nothing of itself.

    Cognito asks for no attestation, so that a statement proves nothing that matters here.
    """
    authenticator_data = parse_cbor(attestation)["authData"]
    return bytes_to_base64url(
        encode_cbor({"fmt": "none", "attStmt": {}, "authData": authenticator_data})
    )
