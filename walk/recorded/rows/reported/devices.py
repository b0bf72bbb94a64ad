"""Passkeys and remembered devices."""

from walk import srp
from walk.recorded.expect import (
    ANY_TEXT,
    Form,
    answered,
    attributes,
    denied,
    includes,
    invalid,
    tokens,
)
from walk.recorded.given import (
    client,
    confirmed,
    password_sign_in,
    pool,
    refresh,
    srp_proof,
    srp_sign_in,
)
from walk.recorded.row import Row
from walk.recorded.rows.reported.mfa_settings import set_mfa
from walk.recorded.scene import Scene, call

PASSKEYS = (
    pool(
        fresh=True,
        UserPoolTier="ESSENTIALS",
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
    ),
    set_mfa("OFF", WebAuthnConfiguration={"RelyingPartyId": "localhost"}),
    client(),
    confirmed(),
    password_sign_in(),
)
START_PASSKEY = call("StartWebAuthnRegistration", {"AccessToken": "$access"})
BROKEN_PASSKEY = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "clientExtensionResults": {},
    "response": {"clientDataJSON": "AAAA", "attestationObject": "AAAA"},
}
PASSKEY_ROWS = (
    Row(
        "aws/aws-sdk-net#4386 challenge",
        PASSKEYS,
        START_PASSKEY,
        includes(
            {"CredentialCreationOptions.challenge": Form("16 bytes of base64url", r"[\w-]{22}")}
        ),
    ),
    Row(
        "aws/aws-sdk-net#4386 no transports",
        (PASSKEYS, START_PASSKEY),
        call(
            "CompleteWebAuthnRegistration",
            {"AccessToken": "$access", "Credential": BROKEN_PASSKEY},
        ),
        invalid("Credential data is not valid"),
    ),
)


DEVICE_PASSWORD = "device-password"


def verifier(scene: Scene) -> dict[str, str]:
    """Return DeviceSecretVerifierConfig for the device that the sign-in named."""
    identity = srp.Identity(scene["device_group"], scene["device"], DEVICE_PASSWORD)
    salt, value = identity.verifier()
    return {"Salt": salt, "PasswordVerifier": value}


SRP_WITH_DEVICE = srp_proof(
    keep={
        "device": "AuthenticationResult.NewDeviceMetadata.DeviceKey",
        "device_group": "AuthenticationResult.NewDeviceMetadata.DeviceGroupKey",
    }
)
WITH_DEVICE = (
    pool(
        PoolName="devices",
        DeviceConfiguration={
            "ChallengeRequiredOnNewDevice": False,
            "DeviceOnlyRememberedOnUserPrompt": False,
        },
    ),
    client(),
    confirmed(),
    srp_sign_in(),
    SRP_WITH_DEVICE,
)
CONFIRM_DEVICE = call(
    "ConfirmDevice",
    {
        "AccessToken": "$access",
        "DeviceKey": "$device",
        "DeviceName": "Recorded",
        "DeviceSecretVerifierConfig": verifier,
    },
)
DEVICES = (
    Row(
        "MODEL/confirm-device",
        WITH_DEVICE,
        CONFIRM_DEVICE,
        answered({"UserConfirmationNecessary": False}),
    ),
    Row(
        "aws/aws-sdk-cpp#1789 refresh without the device",
        (WITH_DEVICE, CONFIRM_DEVICE),
        refresh(),
        denied("Invalid Refresh Token."),
    ),
    Row(
        "aws/aws-sdk-cpp#851 refresh with the device",
        (WITH_DEVICE, CONFIRM_DEVICE),
        refresh(DEVICE_KEY="$device"),
        tokens(refresh=False),
    ),
    Row(
        "aws-amplify/amplify-js#12171 device",
        (WITH_DEVICE, CONFIRM_DEVICE),
        call("ListDevices", {"AccessToken": "$access"}),
        includes(
            {
                "Devices.0.DeviceKey": "$device",
                "Devices.0.DeviceAttributes": attributes(
                    ("device_status", "valid"),
                    ("device_name", "Recorded"),
                    ("last_ip_used", ANY_TEXT),
                ),
            }
        ),
    ),
)

ROWS = (*PASSKEY_ROWS, *DEVICES)
