"""botocore's description of Cognito, used both ways round.

`violations` lists what is malformed in a request, and `example` makes up a plausible answer.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from tests.support.keys import CLIENT_ID, EMAIL, SUB

TYPES: dict[str, Any] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "timestamp": (int, float),
}

ATTRIBUTES = {"sub": SUB, "email": EMAIL, "email_verified": "true"}
MFA = "SOFTWARE_TOKEN_MFA"
# Values by the name of the member, where its type alone would give a strange one.
KNOWN: dict[str, Any] = {
    "AttributeName": "email",
    "AuthenticatorAttachment": "platform",
    "City": "Seattle",
    "ClientId": CLIENT_ID,
    "Country": "United States",
    "CredentialCreationOptions": {
        "challenge": "Y2hhbGxlbmdlLW9mLXRoZS1zdGFuZC1pbg",
        "rp": {"id": "example.com", "name": "example.com"},
        "user": {"id": "amFuZQ", "name": EMAIL, "displayName": EMAIL},
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    },
    "DeliveryMedium": "EMAIL",
    "Destination": "j***@e***.com",
    "DeviceAttributes": [{"Name": "device_name", "Value": "Jane's laptop"}],
    "DeviceKey": "us-east-1_a1b2c3d4-5678-4abc-8def-0123456789ab",
    "ExpiresIn": 3600,
    "LastIPAddress": "192.0.2.1",
    "OriginSessionId": "tkn0123456789abcdefghijklmno",
    "PreferredMfaSetting": MFA,
    "SecretCode": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "SessionId": "tkn0123456789abcdefghijklmno",
    "TokenType": "Bearer",
    "UserAttributes": [{"Name": name, "Value": value} for name, value in ATTRIBUTES.items()],
    "UserAttributeNames": ["email"],
    "UserMFASettingList": [MFA],
    "UserSub": SUB,
    "Username": SUB,
}
# Members that a plain success does not have: more pages, challenges, a new device, SMS MFA.
ABSENT = {"NextToken", "PaginationToken", "ChallengeName", "ChallengeParameters"}
ABSENT |= {"AvailableChallenges", "NewDeviceMetadata", "MFAOptions"}


@cache
def model() -> ServiceModel:
    """Load botocore's model of the service."""
    return ServiceModel(Loader().load_service_model("cognito-idp", "service-2"), "cognito-idp")


def matches(value: str, pattern: str) -> bool:
    """Match all of a string against a pattern in Java's dialect, which the model is written in."""
    # Python's re has no \p{L}: an "x" takes the place of both the classes and what is in them.
    for category in re.findall(r"\\p\{(\w)\}", pattern):
        value = "".join("x" if unicodedata.category(c).startswith(category) else c for c in value)
    pattern = re.sub(r"\\p\{\w\}", "x", pattern)
    return re.fullmatch(pattern, value, re.ASCII) is not None


def violations(value: Any, shape: Shape, where: str) -> Iterator[str]:
    """List what AWS would find malformed: each place with the rule it breaks, never the value."""
    kind = shape.type_name
    expected = TYPES[kind]
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        yield f"{where}: is not a {kind}"
        return
    rules = shape.metadata
    size = len(value) if isinstance(value, str | list | dict) else value
    if size < rules.get("min", size):
        yield f"{where}: less than {rules['min']}"
    if size > rules.get("max", size):
        yield f"{where}: more than {rules['max']}"
    if kind == "string":
        if "pattern" in rules and not matches(value, rules["pattern"]):
            yield f"{where}: does not match {rules['pattern']}"
        if "enum" in rules and value not in rules["enum"]:
            yield f"{where}: is not one of {rules['enum']}"
    elif kind == "list":
        for index, item in enumerate(value):
            yield from violations(item, shape.member, f"{where}[{index}]")
    elif kind == "map":
        for key, item in value.items():
            yield from violations(key, shape.key, f"{where} key")
            yield from violations(item, shape.value, f"{where}.{key}")
    elif kind == "structure" and not shape.is_document_type:  # a document may hold anything
        for name in rules.get("required", ()):
            if name not in value:
                yield f"{where}.{name}: is required"
        for name, item in value.items():
            if name in shape.members:
                yield from violations(item, shape.members[name], f"{where}.{name}")
            else:
                yield f"{where}.{name}: is unknown"


def example(
    shape: Shape, name: str, known: Mapping[str, Any] = KNOWN, absent: Collection[str] = ABSENT
) -> Any:
    """Make up a value of this shape: always the same one, the known one where there is one."""
    if name in known:
        return known[name]
    rules = shape.metadata
    match shape.type_name:
        case "structure":
            members = ((n, s) for n, s in shape.members.items() if n not in absent)
            return {n: example(s, n, known, absent) for n, s in members}
        case "list":
            return [example(shape.member, name, known, absent)]
        case "map":
            return {"key": example(shape.value, "value", known, absent)}
        case "boolean":
            return False
        case "timestamp":
            return 1767225600  # 2026-01-01
        case "string":
            return rules.get("enum", [f"{name}-of-the-stand-in"])[0]
    return rules.get("min", 1)
