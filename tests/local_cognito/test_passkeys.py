"""Passkeys with a software authenticator: registering, signing in, and all that is refused."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.local_cognito import Cognito, Json, Pools
from tests.support.passkeys import FLOWS, make_pool
from tests.support.sign_in import FACTORS, access_token, begin, members, refused, respond
from walk.authenticator import ES256, RS256, Authenticator

ORIGIN = "http://localhost:3000"
BAD_CREDENTIAL = ("InvalidParameterException", "Credential data is not valid")
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.fixture(scope="module")
def pool(admin: Any) -> str:
    """Make a pool that takes passkeys of localhost."""
    return make_pool(admin)


@pytest.fixture(scope="module")
def client(admin: Any, pool: str) -> str:
    """Make an app client of the pool."""
    return Pools(admin).client(pool, *FLOWS)


def start(public: Any, token: str) -> Json:
    """Return CredentialCreationOptions."""
    options: Json = public.start_web_authn_registration(AccessToken=token)[
        "CredentialCreationOptions"
    ]
    return options


def complete(public: Any, token: str, credential: object) -> Json:
    """Send a registered credential."""
    return members(public.complete_web_authn_registration(AccessToken=token, Credential=credential))


def register(public: Any, token: str, authenticator: Authenticator) -> Json:
    """Register a passkey and return the credential."""
    credential = authenticator.create(start(public, token), ORIGIN)
    assert complete(public, token, credential) == {}
    return credential


def ask(public: Any, client: str, user: str) -> Json:
    """Begin a sign-in with a passkey."""
    return members(
        public.initiate_auth(
            ClientId=client,
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": user, "PREFERRED_CHALLENGE": "WEB_AUTHN"},
        )
    )


def options_of(challenge: Json) -> Json:
    """Return what navigator.credentials.get() is called with."""
    assert challenge["ChallengeName"] == "WEB_AUTHN"
    assert set(challenge["ChallengeParameters"]) == {"CREDENTIAL_REQUEST_OPTIONS"}
    options: Json = json.loads(challenge["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    return options


def present(public: Any, client: str, challenge: Json, user: str, credential: Json) -> Json:
    """Answer WEB_AUTHN."""
    return respond(public, client, challenge, user, CREDENTIAL=json.dumps(credential))


@pytest.mark.parametrize("algorithm", [ES256, RS256], ids=["ES256", "RS256"])
@pytest.mark.parametrize("verifies_user", [True, False], ids=["verified", "present"])
def test_a_passkey_is_registered_listed_signed_in_with_and_deleted(
    public: Any, pools: Pools, pool: str, client: str, algorithm: int, verifies_user: bool
) -> None:
    user = pools.user(pool)
    token = access_token(public, client, user)
    sub = {
        item["Name"]: item["Value"] for item in public.get_user(AccessToken=token)["UserAttributes"]
    }["sub"]
    options = start(public, token)
    assert options == {
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": "preferred",
        },
        "challenge": options["challenge"],
        "excludeCredentials": [],
        "pubKeyCredParams": [
            {"alg": -7, "type": "public-key"},
            {"alg": -257, "type": "public-key"},
        ],
        "rp": {"id": "localhost", "name": "localhost"},
        "timeout": 60_000,
        "user": {
            "displayName": user,
            "id": base64.urlsafe_b64encode(sub.encode()).rstrip(b"=").decode(),
            "name": user,
        },
    }
    assert len(options["challenge"]) == 22  # 16 bytes
    authenticator = Authenticator(algorithm, verifies_user)
    credential = authenticator.create(options, ORIGIN)
    assert complete(public, token, credential) == {}
    listed = members(public.list_web_authn_credentials(AccessToken=token))
    assert listed == {
        "Credentials": [
            {
                "AuthenticatorAttachment": "platform",
                "AuthenticatorTransports": ["internal"],
                "CreatedAt": listed["Credentials"][0]["CreatedAt"],
                "CredentialId": credential["id"],
                "FriendlyCredentialName": "Platform passkey",
                "RelyingPartyId": "localhost",
            }
        ]
    }
    assert start(public, token)["excludeCredentials"] == [
        {"id": credential["id"], "type": "public-key"}
    ]

    challenge = ask(public, client, user)
    assert challenge["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]
    wanted = options_of(challenge)
    assert wanted == {
        "allowCredentials": [
            {"id": credential["id"], "transports": ["internal"], "type": "public-key"}
        ],
        "challenge": wanted["challenge"],
        "rpId": "localhost",
        "timeout": 180_000,
        "userVerification": "preferred",
    }
    assertion = authenticator.get(wanted, ORIGIN)
    assert "AuthenticationResult" in present(public, client, challenge, user, assertion)
    # The assertion is over one challenge.
    assert refused(present, public, client, ask(public, client, user), user, assertion) == INCORRECT

    identified = {"AccessToken": token, "CredentialId": credential["id"]}
    assert members(public.delete_web_authn_credential(**identified)) == {}
    assert members(public.list_web_authn_credentials(AccessToken=token)) == {"Credentials": []}
    assert refused(public.delete_web_authn_credential, **identified)[0] == (
        "ResourceNotFoundException"
    )
    assert ask(public, client, user)["ChallengeName"] == "SELECT_CHALLENGE"


def test_nobody_else_deletes_a_passkey_or_registers_it_again(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    credential = register(public, token, Authenticator())
    stranger = access_token(public, client, pools.user(pool))
    assert refused(
        public.delete_web_authn_credential, AccessToken=stranger, CredentialId=credential["id"]
    ) == ("ResourceNotFoundException", "The passkey does not exist.")
    again = Authenticator().create(start(public, stranger), ORIGIN)
    attestation = decoded(again["response"]["attestationObject"])
    copied = {
        **changed(
            again,
            attestationObject=encoded(
                attestation.replace(decoded(again["id"]), decoded(credential["id"]))
            ),
        ),
        "id": credential["id"],
        "rawId": credential["id"],
    }
    assert refused(complete, public, stranger, copied) == BAD_CREDENTIAL


def test_a_passkey_of_another_user_signs_nobody_in(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    users = [pools.user(pool), pools.user(pool)]
    authenticators = [Authenticator(), Authenticator()]
    for user, authenticator in zip(users, authenticators, strict=True):
        register(public, access_token(public, client, user), authenticator)
    challenge = ask(public, client, users[0])
    options = {**options_of(challenge), "allowCredentials": []}
    foreign = authenticators[1].get(options, ORIGIN)
    assert refused(present, public, client, challenge, users[0], foreign) == INCORRECT


def changed(credential: Json, **members: Any) -> Json:
    """Return a credential with other members of its response."""
    return {**credential, "response": {**credential["response"], **members}}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def with_client_data(credential: Json, **members: Any) -> Json:
    """Return a credential whose browser says something else."""
    data = json.loads(decoded(credential["response"]["clientDataJSON"]))
    return changed(credential, clientDataJSON=encoded(json.dumps({**data, **members}).encode()))


def without(credential: Json, name: str) -> Json:
    """Return a credential whose response lacks a member."""
    return {
        **credential,
        "response": {key: value for key, value in credential["response"].items() if key != name},
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {},
        lambda _: [],
        lambda _: "text",
        lambda _: {"response": []},
        lambda given: without(given, "transports"),
        lambda given: without(given, "clientDataJSON"),
        lambda given: without(given, "attestationObject"),
        lambda given: changed(given, transports=[1]),
        lambda given: changed(given, clientDataJSON="e30"),
        lambda given: changed(given, clientDataJSON="~"),
        lambda given: changed(given, attestationObject="oA"),
        lambda given: changed(given, attestationObject=encoded(b"\x81" * 5_000)),
        lambda given: changed(given, attestationObject=given["response"]["attestationObject"][:80]),
        lambda given: with_client_data(given, type="webauthn.get"),
        lambda given: with_client_data(given, origin=5),
        lambda given: with_client_data(given, origin="https://["),
        lambda given: {**given, "id": "AAAA"},
        lambda given: {**given, "id": "AAAA", "rawId": "AAAA"},
        lambda given: {**given, "id": None},
        lambda given: {**given, "type": "password"},
    ],
)
def test_what_is_no_credential_is_refused(
    public: Any, pools: Pools, pool: str, client: str, change: Callable[[Json], object]
) -> None:
    token = access_token(public, client, pools.user(pool))
    credential = Authenticator().create(start(public, token), ORIGIN)
    assert refused(complete, public, token, change(credential)) == BAD_CREDENTIAL
    assert complete(public, token, credential) == {}  # the registration still waits


@pytest.mark.parametrize(
    "origin",
    [
        "https://localhost.example",
        "http://notlocalhost",
        "https://example.com",
        "http://127.0.0.1:3000",
        "ftp://localhost",
        "localhost",
    ],
)
def test_a_page_elsewhere_registers_nothing(
    public: Any, pools: Pools, pool: str, client: str, origin: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    credential = Authenticator().create(start(public, token), origin)
    name, _ = refused(complete, public, token, credential)
    assert name == "WebAuthnOriginNotAllowedException"


@pytest.mark.parametrize("origin", ["https://localhost", "http://app.localhost:1"])
def test_a_page_of_the_relying_party_registers_and_signs_in(
    public: Any, pools: Pools, pool: str, client: str, origin: str
) -> None:
    user = pools.user(pool)
    authenticator = Authenticator()
    token = access_token(public, client, user)
    assert complete(public, token, authenticator.create(start(public, token), origin)) == {}
    challenge = ask(public, client, user)
    assertion = authenticator.get(options_of(challenge), origin)
    assert "AuthenticationResult" in present(public, client, challenge, user, assertion)


def test_a_relying_party_has_its_subdomains_over_tls_alone(
    admin: Any, public: Any, pools: Pools
) -> None:
    pool = make_pool(admin, RelyingPartyId="example.com")
    token = access_token(public, pools.client(pool, *FLOWS), pools.user(pool))
    for origin in ("http://example.com", "https://badexample.com", "https://com"):
        credential = Authenticator().create(start(public, token), origin)
        name, _ = refused(complete, public, token, credential)
        assert name == "WebAuthnOriginNotAllowedException"
    for origin in ("https://example.com", "https://app.example.com:8443"):
        credential = Authenticator().create(start(public, token), origin)
        assert complete(public, token, credential) == {}


def test_a_passkey_for_another_relying_party_is_refused(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    options = {**start(public, token), "rp": {"id": "example.com"}}
    credential = Authenticator().create(options, ORIGIN)
    name, _ = refused(complete, public, token, credential)
    assert name == "WebAuthnRelyingPartyMismatchException"


def test_a_registration_is_started_first_answered_in_time_and_by_the_same_client(
    cognito: Cognito, public: Any, pools: Pools, pool: str, client: str
) -> None:
    user = pools.user(pool)
    token = access_token(public, client, user)
    elsewhere = access_token(public, pools.client(pool, *FLOWS), user)
    credential = Authenticator().create(start(public, token), ORIGIN)
    assert refused(complete, public, elsewhere, credential)[0] == "WebAuthnClientMismatchException"
    late = "WebAuthnChallengeNotFoundException"
    newer = Authenticator().create(start(public, token), ORIGIN)
    assert refused(complete, public, token, credential)[0] == late  # a newer one was started
    assert complete(public, token, newer) == {}
    assert refused(complete, public, token, newer)[0] == late  # none waits any more
    credential = Authenticator().create(start(public, token), ORIGIN)
    cognito.advance(180)
    assert refused(complete, public, token, credential)[0] == late


def test_an_algorithm_that_was_not_offered_is_refused(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    credential = Authenticator().create(start(public, token), ORIGIN)
    attestation = decoded(credential["response"]["attestationObject"])
    # ES256's -7 is 0x26 in CBOR, after the 3 that stands for `alg`; -8 (EdDSA) is 0x27.
    assert attestation.count(b"\x03\x26") == 1
    other = encoded(attestation.replace(b"\x03\x26", b"\x03\x27"))
    name, _ = refused(complete, public, token, changed(credential, attestationObject=other))
    assert name == "WebAuthnCredentialNotSupportedException"


@pytest.mark.parametrize(
    "change",
    [
        lambda given: changed(given, signature=given["response"]["signature"][:-8]),
        lambda given: changed(given, userHandle=encoded(b"somebody else")),
        lambda given: with_client_data(given, origin="https://example.com"),
        lambda given: with_client_data(given, type="webauthn.create"),
        lambda given: changed(given, authenticatorData="AAAA"),
        lambda given: {**given, "id": "AAAA"},
        lambda given: {"id": given["id"]},
        lambda given: [],
        lambda given: None,
    ],
)
def test_an_assertion_that_is_not_right_signs_nobody_in_and_may_be_tried_again(
    public: Any, pools: Pools, pool: str, client: str, change: Callable[[Json], Any]
) -> None:
    user = pools.user(pool)
    authenticator = Authenticator()
    register(public, access_token(public, client, user), authenticator)
    challenge = ask(public, client, user)
    assertion = authenticator.get(options_of(challenge), ORIGIN)
    assert refused(present, public, client, challenge, user, change(assertion)) == INCORRECT
    assert "AuthenticationResult" in present(public, client, challenge, user, assertion)


def test_a_page_elsewhere_signs_nobody_in(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    user = pools.user(pool)
    authenticator = Authenticator()
    register(public, access_token(public, client, user), authenticator)
    challenge = ask(public, client, user)
    phished = authenticator.get(options_of(challenge), "https://localhost.example")
    assert refused(present, public, client, challenge, user, phished) == INCORRECT


def test_a_credential_that_is_not_json_signs_nobody_in(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    user = pools.user(pool)
    register(public, access_token(public, client, user), Authenticator())
    challenge = ask(public, client, user)
    for text in ("{", "[" * 100_000):
        assert refused(respond, public, client, challenge, user, CREDENTIAL=text) == INCORRECT


def test_a_copied_passkey_is_noticed_by_its_counter(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    user = pools.user(pool)
    authenticator = Authenticator()
    register(public, access_token(public, client, user), authenticator)
    for _ in range(2):
        challenge = ask(public, client, user)
        assertion = authenticator.get(options_of(challenge), ORIGIN)
        assert "AuthenticationResult" in present(public, client, challenge, user, assertion)
    authenticator.passkeys[0].uses = 0
    challenge = ask(public, client, user)
    assertion = authenticator.get(options_of(challenge), ORIGIN)
    assert refused(present, public, client, challenge, user, assertion) == INCORRECT


def test_a_pool_may_require_that_the_user_is_verified(
    admin: Any, public: Any, pools: Pools
) -> None:
    pool = make_pool(admin, UserVerification="required")
    client = pools.client(pool, *FLOWS)
    user = pools.user(pool)
    token = access_token(public, client, user)
    options = start(public, token)
    assert options["authenticatorSelection"]["userVerification"] == "required"
    careless = Authenticator(verifies_user=False)
    assert refused(complete, public, token, careless.create(options, ORIGIN))[0] == (
        "WebAuthnCredentialNotSupportedException"
    )
    authenticator = Authenticator()
    register(public, token, authenticator)
    challenge = ask(public, client, user)
    assert options_of(challenge)["userVerification"] == "required"
    authenticator.verifies_user = False
    assertion = authenticator.get(options_of(challenge), ORIGIN)
    assert refused(present, public, client, challenge, user, assertion) == INCORRECT


def test_a_user_has_twenty_passkeys_at_most(
    public: Any, pools: Pools, pool: str, client: str
) -> None:
    token = access_token(public, client, pools.user(pool))
    for _ in range(20):
        register(public, token, Authenticator())
    assert refused(start, public, token)[0] == "LimitExceededException"
    first = public.list_web_authn_credentials(AccessToken=token, MaxResults=15)
    second = public.list_web_authn_credentials(
        AccessToken=token, MaxResults=15, NextToken=first["NextToken"]
    )
    assert (len(first["Credentials"]), len(second["Credentials"])) == (15, 5)
    assert "NextToken" not in second


def test_a_pool_that_does_not_allow_passkeys_registers_none(public: Any, pools: Pools) -> None:
    pool = pools.pool()
    token = access_token(public, pools.client(pool, *FLOWS), pools.user(pool))
    assert refused(start, public, token)[0] == "WebAuthnNotEnabledException"
    assert refused(complete, public, token, {})[0] == "WebAuthnNotEnabledException"
    assert members(public.list_web_authn_credentials(AccessToken=token)) == {"Credentials": []}


def test_without_a_relying_party_the_domain_stands_for_it(
    admin: Any, public: Any, pools: Pools
) -> None:
    pool = pools.pool(
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    )
    client = pools.client(pool, *FLOWS)
    token = access_token(public, client, pools.user(pool))
    assert refused(start, public, token)[0] == "WebAuthnConfigurationMissingException"
    prefix = pool.partition("_")[2].lower()
    admin.create_user_pool_domain(UserPoolId=pool, Domain=prefix)
    expected = f"{prefix}.auth.us-east-1.amazoncognito.com"
    assert start(public, token)["rp"] == {"id": expected, "name": expected}


def test_passkeys_of_a_former_relying_party_are_lost(admin: Any, public: Any, pools: Pools) -> None:
    pool = make_pool(admin)
    client = pools.client(pool, *FLOWS)
    user = pools.user(pool)
    register(public, access_token(public, client, user), Authenticator())
    assert ask(public, client, user)["ChallengeName"] == "WEB_AUTHN"
    admin.set_user_pool_mfa_config(
        UserPoolId=pool, WebAuthnConfiguration={"RelyingPartyId": "example.com"}
    )
    assert ask(public, client, user)["ChallengeName"] == "SELECT_CHALLENGE"


def test_a_passkey_that_verifies_the_user_stands_for_both_factors(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, phone: str
) -> None:
    pool = make_pool(
        admin,
        "ON",
        factors=FACTORS,
        FactorConfiguration="MULTI_FACTOR_WITH_USER_VERIFICATION",
    )
    client = pools.client(pool, *FLOWS)
    user = pools.user(pool, phone_number=phone)
    challenge = begin(public, client, user)
    answer = respond(public, client, challenge, user, SMS_MFA_CODE=cognito.code(phone))
    token = answer["AuthenticationResult"]["AccessToken"]
    authenticator = Authenticator()
    register(public, token, authenticator)

    passkey_mfa = {"WebAuthnMfaSettings": {"Enabled": True}}
    assert refused(public.set_user_mfa_preference, AccessToken=token, **passkey_mfa) == (
        "InvalidParameterException",
        "Another MFA factor has to be enabled first.",
    )
    assert ask(public, client, user)["ChallengeName"] == "SELECT_CHALLENGE"
    public.set_user_mfa_preference(
        AccessToken=token, SMSMfaSettings={"Enabled": True}, **passkey_mfa
    )
    challenge = ask(public, client, user)
    assert options_of(challenge)["userVerification"] == "required"
    authenticator.verifies_user = False
    assertion = authenticator.get(options_of(challenge), ORIGIN)
    assert refused(present, public, client, challenge, user, assertion) == INCORRECT
    authenticator.verifies_user = True
    assertion = authenticator.get(options_of(challenge), ORIGIN)
    assert "AuthenticationResult" in present(public, client, challenge, user, assertion)
