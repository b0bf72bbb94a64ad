"""Remembered devices: their keys, their proof at sign-in, and what a refresh asks of them."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP, generate_hash_device

from tests.support.local_cognito import PASSWORD, Cognito, Json, Pools
from tests.support.sign_in import FACTORS, begin, members, refused, respond
from walk import srp

# pycognito reads the clock as Python has deprecated it since 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

NO_DEVICE = ("ResourceNotFoundException", "Device does not exist.")
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
NO_REFRESH = ("NotAuthorizedException", "Invalid Refresh Token.")


def make_pool(admin: Any, **configuration: bool) -> tuple[str, str]:
    """Make a pool that tracks devices, and return its id and that of a client."""
    pools = Pools(admin)
    pool = pools.pool(**({"DeviceConfiguration": configuration} if configuration else {}))
    admin.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **FACTORS)
    flows = ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH")
    return pool, pools.client(pool, *flows)


@pytest.fixture(scope="module")
def always(admin: Any) -> tuple[str, str]:
    """Make a pool that remembers every confirmed device, which then replaces MFA."""
    return make_pool(
        admin, ChallengeRequiredOnNewDevice=True, DeviceOnlyRememberedOnUserPrompt=False
    )


@pytest.fixture(scope="module")
def opt_in(admin: Any) -> tuple[str, str]:
    """Make a pool that lets users decide, and asks for MFA besides."""
    return make_pool(
        admin, ChallengeRequiredOnNewDevice=False, DeviceOnlyRememberedOnUserPrompt=True
    )


@dataclass
class Device:
    """A device as it knows itself, and the first sign-in on it."""

    key: str
    group: str
    password: str
    tokens: Json

    @property
    def access_token(self) -> str:
        token: str = self.tokens["AccessToken"]
        return token

    @property
    def identity(self) -> srp.Identity:
        return srp.Identity(self.group, self.key, self.password)


def sign_in_anew(public: Any, client: str, user: str) -> Device:
    """Sign in without a device and return the new one."""
    tokens = begin(public, client, user)["AuthenticationResult"]
    metadata = tokens["NewDeviceMetadata"]
    assert set(metadata) == {"DeviceGroupKey", "DeviceKey"}
    return Device(metadata["DeviceKey"], metadata["DeviceGroupKey"], "of the device", tokens)


def confirm(public: Any, device: Device, **more: str) -> bool:
    """Confirm a device and return UserConfirmationNecessary."""
    salt, verifier = device.identity.verifier()
    answer = members(
        public.confirm_device(
            AccessToken=device.access_token,
            DeviceKey=device.key,
            DeviceSecretVerifierConfig={"Salt": salt, "PasswordVerifier": verifier},
            **more,
        )
    )
    assert set(answer) == {"UserConfirmationNecessary"}
    necessary: bool = answer["UserConfirmationNecessary"]
    return necessary


def prove(public: Any, client: str, challenge: Json, user: str, device: Device) -> Json:
    """Answer DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER."""
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert challenge["ChallengeParameters"] == {"USERNAME": user, "DEVICE_KEY": device.key}
    exchange = srp.Client()
    answer = respond(public, client, challenge, user, DEVICE_KEY=device.key, SRP_A=exchange.public)
    assert answer["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    return respond(public, client, answer, user, **claim(exchange, answer, device))


def claim(exchange: srp.Client, challenge: Json, device: Device) -> dict[str, str]:
    """Return the answer to DEVICE_PASSWORD_VERIFIER."""
    parameters = challenge["ChallengeParameters"]
    assert set(parameters) == {"DEVICE_KEY", "SALT", "SECRET_BLOCK", "SRP_B", "USERNAME"}
    timestamp = srp.timestamp(time.time())
    return {
        "DEVICE_KEY": device.key,
        "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": exchange.claim(
            parameters["SALT"],
            parameters["SRP_B"],
            parameters["SECRET_BLOCK"],
            timestamp,
            device.identity,
        ),
        "TIMESTAMP": timestamp,
    }


def device_key_in(access_token: str) -> str | None:
    """Return the claim device_key."""
    payload = access_token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    key: str | None = claims.get("device_key")
    return key


def refresh(public: Any, client: str, tokens: Json, device_key: str | None) -> Json:
    """Refresh by InitiateAuth, naming the device or not."""
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    if device_key is not None:
        parameters["DEVICE_KEY"] = device_key
    return members(
        public.initiate_auth(
            ClientId=client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
        )
    )


def test_a_pool_that_tracks_no_devices_has_none(admin: Any, public: Any, pools: Pools) -> None:
    pool, client = make_pool(admin)
    key = f"us-east-1_{'0' * 8}-0000-0000-0000-{'0' * 12}"
    tokens = begin(public, client, pools.user(pool), DEVICE_KEY=key)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in tokens
    assert device_key_in(tokens["AccessToken"]) is None
    refresh(public, client, tokens, key)
    name, _ = refused(public.list_devices, AccessToken=tokens["AccessToken"])
    assert name == "InvalidUserPoolConfigurationException"


def test_a_device_is_confirmed_remembered_shown_and_forgotten(
    public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    pool, client = always
    device = sign_in_anew(public, client, pools.user(pool))
    token = device.access_token
    assert device_key_in(token) == device.key
    assert refused(public.get_device, AccessToken=token, DeviceKey=device.key) == NO_DEVICE

    assert confirm(public, device, DeviceName="my laptop") is False
    shown = members(public.get_device(AccessToken=token, DeviceKey=device.key))["Device"]
    assert shown == {
        "DeviceKey": device.key,
        "DeviceAttributes": [
            {"Name": "device_status", "Value": "valid"},
            {"Name": "device_name", "Value": "my laptop"},
            {"Name": "last_ip_used", "Value": "127.0.0.1"},
        ],
        "DeviceCreateDate": shown["DeviceCreateDate"],
        "DeviceLastAuthenticatedDate": shown["DeviceLastAuthenticatedDate"],
        "DeviceLastModifiedDate": shown["DeviceLastModifiedDate"],
    }
    assert members(public.list_devices(AccessToken=token)) == {"Devices": [shown]}

    def status(value: str) -> Json:
        return members(
            public.update_device_status(
                AccessToken=token, DeviceKey=device.key, DeviceRememberedStatus=value
            )
        )

    assert status("not_remembered") == {}
    assert members(public.list_devices(AccessToken=token)) == {"Devices": []}
    assert status("remembered") == {}
    assert len(public.list_devices(AccessToken=token)["Devices"]) == 1
    assert members(public.forget_device(AccessToken=token, DeviceKey=device.key)) == {}
    assert members(public.list_devices(AccessToken=token)) == {"Devices": []}
    assert refused(public.forget_device, AccessToken=token, DeviceKey=device.key) == NO_DEVICE


def test_devices_are_listed_in_pages(public: Any, pools: Pools, always: tuple[str, str]) -> None:
    pool, client = always
    user = pools.user(pool)
    devices = [sign_in_anew(public, client, user) for _ in range(3)]
    for device in devices:
        confirm(public, device)
    token = devices[0].access_token
    first = public.list_devices(AccessToken=token, Limit=2)
    second = public.list_devices(
        AccessToken=token, Limit=2, PaginationToken=first["PaginationToken"]
    )
    keys = [item["DeviceKey"] for item in first["Devices"] + second["Devices"]]
    assert sorted(keys) == sorted(device.key for device in devices)
    assert "PaginationToken" not in second


def test_a_device_is_confirmed_once_and_by_its_user(
    public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    pool, client = always
    device = sign_in_anew(public, client, pools.user(pool))
    stranger = sign_in_anew(public, client, pools.user(pool))
    as_stranger = Device(device.key, device.group, "x", stranger.tokens)
    assert refused(confirm, public, as_stranger) == (
        "InvalidParameterException",
        "Invalid device key given.",
    )
    confirm(public, device)
    assert refused(confirm, public, device)[0] == "DeviceKeyExistsException"
    for operation in (public.get_device, public.forget_device, public.update_device_status):
        assert (
            refused(operation, AccessToken=stranger.access_token, DeviceKey=device.key) == NO_DEVICE
        )


ZERO_MOD_N = base64.b64encode(b"\0" + srp.N.to_bytes(384, "big")).decode()


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (None, "Missing required parameter Salt"),
        ({"Salt": "AQ=="}, "Missing required parameter PasswordVerifier"),
        ({"Salt": "?", "PasswordVerifier": "AQ=="}, "Salt is not Base64."),
        ({"Salt": "A", "PasswordVerifier": "AQ=="}, "Salt is not Base64."),
        ({"Salt": "AQ==", "PasswordVerifier": "é"}, "PasswordVerifier is not Base64."),
        (
            {"Salt": "AQ==", "PasswordVerifier": ZERO_MOD_N},
            "PasswordVerifier is not a number of the group.",
        ),
    ],
    ids=["none", "no verifier", "salt", "one digit", "verifier", "every password"],
)
def test_an_impossible_verifier_confirms_no_device(
    public: Any, pools: Pools, always: tuple[str, str], config: Json | None, sentence: str
) -> None:
    pool, client = always
    device = sign_in_anew(public, client, pools.user(pool))
    more = {"DeviceSecretVerifierConfig": config} if config else {}
    assert refused(
        public.confirm_device, AccessToken=device.access_token, DeviceKey=device.key, **more
    ) == ("InvalidParameterException", sentence)


def test_a_remembered_device_proves_itself_instead_of_the_second_factor(
    public: Any, pools: Pools, always: tuple[str, str], phone: str
) -> None:
    pool, client = always
    user = pools.user(pool, phone_number=phone)
    device = sign_in_anew(public, client, user)
    confirm(public, device)
    public.set_user_mfa_preference(
        AccessToken=device.access_token, SMSMfaSettings={"Enabled": True}
    )
    assert begin(public, client, user)["ChallengeName"] == "SMS_MFA"

    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    answer = prove(public, client, challenge, user, device)
    public.update_device_status(
        AccessToken=device.access_token,
        DeviceKey=device.key,
        DeviceRememberedStatus="not_remembered",
    )
    assert begin(public, client, user, DEVICE_KEY=device.key)["ChallengeName"] == "SMS_MFA"
    result = answer["AuthenticationResult"]
    assert set(result) == {"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}
    assert device_key_in(result["AccessToken"]) == device.key


def test_a_device_without_its_password_proves_nothing(
    public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    pool, client = always
    user = pools.user(pool)
    device = sign_in_anew(public, client, user)
    confirm(public, device)
    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    thief = Device(device.key, device.group, "guessed", {})
    assert refused(prove, public, client, challenge, user, thief) == INCORRECT
    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    exchange = srp.Client()
    answer = respond(public, client, challenge, user, DEVICE_KEY=device.key, SRP_A=exchange.public)
    right = claim(exchange, answer, device)
    for wrong in ("AAAA", "AAAAA"):
        given = {**right, "PASSWORD_CLAIM_SECRET_BLOCK": wrong}
        assert refused(respond, public, client, answer, user, **given) == INCORRECT
    assert "AuthenticationResult" in respond(public, client, answer, user, **right)


def test_a_zero_srp_a_proves_nothing(public: Any, pools: Pools, always: tuple[str, str]) -> None:
    pool, client = always
    user = pools.user(pool)
    device = sign_in_anew(public, client, user)
    confirm(public, device)
    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    verifier = respond(public, client, challenge, user, DEVICE_KEY=device.key, SRP_A="0")
    assert (
        refused(respond, public, client, verifier, user, **claim_over_zero(verifier, device))
        == INCORRECT
    )


def claim_over_zero(challenge: Json, device: Device) -> dict[str, str]:
    """Return the claim that is right for A = 0: the shared secret is 0 then, for everybody."""
    parameters = challenge["ChallengeParameters"]
    server_public = int(parameters["SRP_B"], 16)
    b = server_public.to_bytes(server_public.bit_length() // 8 + 1, "big")
    u = int.from_bytes(hashlib.sha256(b"\0" + b).digest(), "big")
    salt = u.to_bytes(u.bit_length() // 8 + 1, "big")
    extracted = hmac.digest(salt, b"\0", "sha256")
    key = hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
    timestamp = srp.timestamp(time.time())
    block = parameters["SECRET_BLOCK"]
    signed = f"{device.group}{device.key}".encode() + base64.b64decode(block) + timestamp.encode()
    return {
        "DEVICE_KEY": device.key,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.digest(key, signed, "sha256")).decode(),
        "TIMESTAMP": timestamp,
    }


@pytest.mark.parametrize("srp_a", ["", "xyz", "f" * 1025], ids=["empty", "words", "too long"])
def test_what_is_no_srp_a_is_refused(
    public: Any, pools: Pools, always: tuple[str, str], srp_a: str
) -> None:
    pool, client = always
    user = pools.user(pool)
    device = sign_in_anew(public, client, user)
    confirm(public, device)
    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    name, _ = refused(respond, public, client, challenge, user, DEVICE_KEY=device.key, SRP_A=srp_a)
    assert name == "InvalidParameterException"


def test_an_answer_cannot_put_another_device_in_place(
    public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    pool, client = always
    user = pools.user(pool)
    device, other = sign_in_anew(public, client, user), sign_in_anew(public, client, user)
    for each in (device, other):
        confirm(public, each)
    public.update_device_status(
        AccessToken=other.access_token,
        DeviceKey=other.key,
        DeviceRememberedStatus="not_remembered",
    )
    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    exchange = srp.Client()

    def answer(key: str) -> Json:
        return respond(public, client, challenge, user, DEVICE_KEY=key, SRP_A=exchange.public)

    assert refused(answer, other.key) == NO_DEVICE
    verifier = answer(device.key)
    swapped = claim(exchange, verifier, other)
    assert refused(respond, public, client, verifier, user, **swapped) == NO_DEVICE


def test_a_key_that_is_not_the_users_device_is_said_to_be_so(
    public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    pool, client = always
    user = pools.user(pool)
    unconfirmed = sign_in_anew(public, client, user)
    of_another = sign_in_anew(public, client, pools.user(pool))
    confirm(public, of_another)
    for key in (unconfirmed.key, of_another.key, "us-east-1_0"):
        assert refused(begin, public, client, user, DEVICE_KEY=key) == NO_DEVICE
    # Only somebody with the password may learn whether a key is known.
    assert (
        refused(begin, public, client, user, DEVICE_KEY=of_another.key, PASSWORD="wrong")
        == INCORRECT
    )


def test_the_user_decides_whether_a_device_is_remembered(
    cognito: Cognito, public: Any, pools: Pools, opt_in: tuple[str, str], phone: str
) -> None:
    pool, client = opt_in
    user = pools.user(pool, phone_number=phone)
    device = sign_in_anew(public, client, user)
    token = device.access_token
    public.set_user_mfa_preference(AccessToken=token, SMSMfaSettings={"Enabled": True})

    def answer_mfa(challenge: Json) -> Json:
        assert challenge["ChallengeName"] == "SMS_MFA"
        return respond(public, client, challenge, user, SMS_MFA_CODE=cognito.code(phone))

    assert confirm(public, device) is True
    assert members(public.list_devices(AccessToken=token)) == {"Devices": []}
    # Until then the key names the device, and opens nothing.
    answer = answer_mfa(begin(public, client, user, DEVICE_KEY=device.key))
    assert "NewDeviceMetadata" not in answer["AuthenticationResult"]
    assert device_key_in(answer["AuthenticationResult"]["AccessToken"]) == device.key
    public.update_device_status(
        AccessToken=token, DeviceKey=device.key, DeviceRememberedStatus="remembered"
    )
    # In this pool it proves itself after the second factor, and does not replace it.
    mfa = begin(public, client, user, DEVICE_KEY=device.key)
    challenge = answer_mfa(mfa)
    # amazon-cognito-identity-js sends the Session of the challenge before.
    challenge = {**challenge, "Session": mfa["Session"]}
    assert "AuthenticationResult" in prove(public, client, challenge, user, device)
    assert refused(prove, public, client, challenge, user, device) == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )


def test_a_remembered_device_proves_itself_where_no_second_factor_is_asked_for(
    public: Any, pools: Pools, opt_in: tuple[str, str]
) -> None:
    pool, client = opt_in
    user = pools.user(pool)
    device = sign_in_anew(public, client, user)
    confirm(public, device)
    public.update_device_status(
        AccessToken=device.access_token, DeviceKey=device.key, DeviceRememberedStatus="remembered"
    )
    challenge = begin(public, client, user, DEVICE_KEY=device.key)
    assert "AuthenticationResult" in prove(public, client, challenge, user, device)


def test_a_refresh_names_the_confirmed_device(
    public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    pool, client = always
    user = pools.user(pool)
    device, other = sign_in_anew(public, client, user), sign_in_anew(public, client, user)
    confirm(public, other)
    assert refused(refresh, public, client, device.tokens, device.key) == NO_REFRESH
    confirm(public, device)
    for key in (None, other.key, "us-east-1_0"):
        assert refused(refresh, public, client, device.tokens, key) == NO_REFRESH
    result = refresh(public, client, device.tokens, device.key)["AuthenticationResult"]
    assert set(result) == {"AccessToken", "ExpiresIn", "IdToken", "TokenType"}
    assert device_key_in(result["AccessToken"]) == device.key
    token = device.tokens["RefreshToken"]
    public.get_tokens_from_refresh_token(ClientId=client, RefreshToken=token, DeviceKey=device.key)
    assert (
        refused(public.get_tokens_from_refresh_token, ClientId=client, RefreshToken=token)
        == NO_REFRESH
    )
    public.forget_device(AccessToken=device.access_token, DeviceKey=device.key)
    assert refused(refresh, public, client, device.tokens, device.key) == NO_REFRESH


def test_pycognito_signs_in_with_a_device(
    cognito: Cognito, public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    """pycognito names no Session in either of the device's answers."""
    pool, client = always
    user = pools.user(pool)
    plain = AWSSRP(user, PASSWORD, pool, client, client=public)
    tokens = plain.authenticate_user()["AuthenticationResult"]
    metadata = tokens["NewDeviceMetadata"]
    password, config = generate_hash_device(metadata["DeviceGroupKey"], metadata["DeviceKey"])
    public.confirm_device(
        AccessToken=tokens["AccessToken"],
        DeviceKey=metadata["DeviceKey"],
        DeviceSecretVerifierConfig=config,
    )

    def with_device(device_password: str) -> Json:
        device = AWSSRP(
            user,
            PASSWORD,
            pool,
            client,
            client=public,
            device_key=metadata["DeviceKey"],
            device_group_key=metadata["DeviceGroupKey"],
            device_password=device_password,
        )
        result: Json = device.authenticate_user()["AuthenticationResult"]
        return result

    assert device_key_in(with_device(password)["AccessToken"]) == metadata["DeviceKey"]
    assert refused(with_device, "another") == INCORRECT


def test_a_device_needs_the_first_factor_before_it(
    cognito: Cognito, public: Any, pools: Pools, always: tuple[str, str]
) -> None:
    """Without a Session, too, the password comes first, and each proof of it counts once."""
    pool, client = always
    user = pools.user(pool)
    device = sign_in_anew(public, client, user)
    confirm(public, device)

    def answer(client_id: str) -> Json:
        return members(
            public.respond_to_auth_challenge(
                ClientId=client_id,
                ChallengeName="DEVICE_SRP_AUTH",
                ChallengeResponses={
                    "USERNAME": user,
                    "DEVICE_KEY": device.key,
                    "SRP_A": srp.Client().public,
                },
            )
        )

    invalid = ("NotAuthorizedException", "Invalid session for the user.")
    assert refused(answer, client) == invalid
    begin(public, client, user, DEVICE_KEY=device.key)
    assert refused(answer, pools.client(pool)) == invalid
    assert answer(client)["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    assert refused(answer, client) == invalid
    begin(public, client, user, DEVICE_KEY=device.key)
    cognito.advance(180)
    assert refused(answer, client) == invalid
