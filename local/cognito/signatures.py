"""Who may call the control operations: AWS's Signature Version 4 by the one key pair.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from local.cognito.errors import Refused

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW_SECONDS = 900


def check(
    headers: Mapping[str, str], body: bytes, *, access_key_id: str, secret_access_key: str
) -> None:
    """Refuse a `POST /` that the key pair did not sign; the header names are in lower case."""
    authorization = headers.get("authorization")
    if authorization is None:
        raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    fields = dict(
        part.strip().partition("=")[::2]
        for part in authorization.removeprefix(ALGORITHM).split(",")
        if "=" in part
    )
    lacking = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not fields.get(name)
    ]
    if not headers.get("x-amz-date") and not headers.get("date"):
        lacking.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if lacking:
        digest = base64.b64encode(hashlib.sha256(authorization.encode()).digest()).decode()
        note = f"(Hashed with SHA-256 and encoded with Base64) Authorization={digest}"
        raise Refused("IncompleteSignatureException", " ".join([*lacking, note]))
    key_id, _, scope = fields["Credential"].partition("/")
    if not hmac.compare_digest(key_id.encode(), access_key_id.encode()):
        raise Refused(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        )
    expected = _signature(headers, body, fields["SignedHeaders"], scope, secret_access_key)
    if not hmac.compare_digest(expected.encode(), fields["Signature"].encode()):
        raise Refused(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided."
            " Check your AWS Secret Access Key and signing method."
            " Consult the service documentation for details.",
        )
    _check_date(headers.get("x-amz-date", ""))


def _signature(
    headers: Mapping[str, str], body: bytes, signed: str, scope: str, secret: str
) -> str:
    lines = [f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed.split(";")]
    request = "\n".join(["POST", "/", "", "".join(lines), signed, hashlib.sha256(body).hexdigest()])
    text = "\n".join(
        [
            ALGORITHM,
            headers.get("x-amz-date", ""),
            scope,
            hashlib.sha256(request.encode()).hexdigest(),
        ]
    )
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _check_date(value: str) -> None:
    """Refuse a signature that was not made just now, by the machine's own clock."""
    try:
        made = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        made = datetime.fromtimestamp(0, UTC)
    now = datetime.now(UTC)
    if abs((now - made).total_seconds()) > SKEW_SECONDS:
        raise Refused(
            "InvalidSignatureException",
            f"Signature expired: {value} is not within 15 minutes of {now:%Y%m%dT%H%M%SZ}.",
        )
