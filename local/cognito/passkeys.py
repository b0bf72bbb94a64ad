"""Passkeys: registering, listing and deleting them, and the challenge of a sign-in with one."""

import secrets

from webauthn.helpers import bytes_to_base64url

from local.cognito import paging, passkey_checks, tokens
from local.cognito.errors import Refused, invalid_parameter, not_there
from local.cognito.records import Domain, Passkey, PasskeyRegistration, Pool, User
from local.cognito.server import Call, Json

MOST_PER_USER = 20
REGISTRATION_SECONDS = 180  # not known: the browser is told 60 s, the server may wait longer
# How AWS makes these names is not known; its example has the first.
NAMES = {"cross-platform": "Roaming passkey", "platform": "Platform passkey"}


def start_web_authn_registration(call: Call) -> Json:
    """Return what navigator.credentials.create() is to be called with."""
    bearer = tokens.authorized(call)
    _check_enabled(bearer.pool)
    relying_party_id = relying_party(call, bearer.pool)
    if relying_party_id is None:
        raise Refused(
            "WebAuthnConfigurationMissingException",
            "The user pool has neither a relying party ID nor a domain.",
        )
    _check_limit(call, bearer.user)
    challenge = bytes_to_base64url(secrets.token_bytes(16))
    expires = call.now() + REGISTRATION_SECONDS
    call.store.save(
        PasskeyRegistration(bearer.user.key, bearer.client.id, challenge, expires=expires)
    )
    registered = of_user(call, bearer.user)
    options = {
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": _user_verification(bearer.pool),
        },
        "challenge": challenge,
        "excludeCredentials": [{"id": passkey.id, "type": "public-key"} for passkey in registered],
        "pubKeyCredParams": [
            {"alg": int(number), "type": "public-key"} for number in passkey_checks.ALGORITHMS
        ],
        "rp": {"id": relying_party_id, "name": relying_party_id},
        "timeout": 60_000,
        "user": {
            "displayName": bearer.user.username,
            "id": bytes_to_base64url(bearer.user.sub.encode()),
            "name": bearer.user.username,
        },
    }
    return {"CredentialCreationOptions": options}


def complete_web_authn_registration(call: Call) -> Json:
    """Keep the passkey that a browser made for the latest StartWebAuthnRegistration."""
    bearer = tokens.authorized(call)
    _check_enabled(bearer.pool)
    registration = call.store.get(PasskeyRegistration, bearer.user.key)
    if registration is None or call.now() >= registration.expires:
        raise passkey_checks.no_challenge()
    if registration.client_id != bearer.client.id:
        raise Refused(
            "WebAuthnClientMismatchException",
            "The registration was started with another app client.",
        )
    _check_limit(call, bearer.user)
    relying_party_id = relying_party(call, bearer.pool) or ""
    credential = passkey_checks.registered(
        call.input["Credential"],
        challenge=registration.challenge,
        relying_party_id=relying_party_id,
        require_user_verification=_user_verification(bearer.pool) == "required",
    )
    if call.store.get(Passkey, credential.id) is not None:
        raise invalid_parameter("Credential data is not valid")
    passkey = Passkey(
        id=credential.id,
        user_key=bearer.user.key,
        public_key=credential.public_key,
        sign_count=credential.sign_count,
        relying_party_id=relying_party_id,
        created=call.now(),
        name=NAMES.get(credential.attachment or "", "Passkey"),
        attachment=credential.attachment,
        transports=credential.transports,
    )
    call.store.delete(registration)
    call.store.save(passkey)
    return {}


def list_web_authn_credentials(call: Call) -> Json:
    """Return the user's passkeys, the oldest first."""
    bearer = tokens.authorized(call)
    limit = call.input.get("MaxResults") or MOST_PER_USER
    page, more = paging.page(of_user(call, bearer.user), limit, call.input.get("NextToken"))
    credentials = [
        {
            "AuthenticatorAttachment": passkey.attachment,
            "AuthenticatorTransports": passkey.transports,
            "CreatedAt": passkey.created,
            "CredentialId": passkey.id,
            "FriendlyCredentialName": passkey.name,
            "RelyingPartyId": passkey.relying_party_id,
        }
        for passkey in page
    ]
    return {"Credentials": credentials, "NextToken": more}


def delete_web_authn_credential(call: Call) -> Json:
    """Delete one of the user's passkeys."""
    bearer = tokens.authorized(call)
    passkey = call.store.get(Passkey, call.input["CredentialId"])
    if passkey is None or passkey.user_key != bearer.user.key:
        raise not_there("The passkey does not exist.")
    call.store.delete(passkey)
    return {}


def relying_party(call: Call, pool: Pool) -> str | None:
    """Return the relying party ID: the one that was set, else the custom or the prefix domain."""
    configured = _configuration(pool).get("RelyingPartyId")
    if configured:
        return str(configured)
    domains = call.store.all(Domain, pool.id)
    for domain in domains:
        if "CustomDomainConfig" in domain.settings:
            return domain.name
    for domain in domains:
        return f"{domain.name}.auth.{call.server.region}.amazoncognito.com"
    return None


def of_user(call: Call, user: User) -> list[Passkey]:
    """Return all of a user's passkeys, the oldest first."""
    return sorted(call.store.all(Passkey, user.key), key=lambda passkey: passkey.created)


def usable(call: Call, pool: Pool, user: User) -> list[Passkey]:
    """Return the user's passkeys for the present relying party; those for another are lost."""
    present = relying_party(call, pool)
    return [passkey for passkey in of_user(call, user) if passkey.relying_party_id == present]


def satisfy_mfa(pool: Pool, user: User) -> bool:
    """Tell whether the user may sign in with a passkey where MFA is required."""
    factors = _configuration(pool).get("FactorConfiguration")
    return user.passkey_mfa and factors == "MULTI_FACTOR_WITH_USER_VERIFICATION"


def request_options(call: Call, pool: Pool, user: User | None) -> Json:
    """Return what navigator.credentials.get() is to be called with.

    `user` is None where nobody has the name; there is no passkey to name then.
    """
    passkeys = usable(call, pool, user) if user else []
    verification = "required" if user and satisfy_mfa(pool, user) else _user_verification(pool)
    return {
        "allowCredentials": [
            {"id": passkey.id, "transports": passkey.transports, "type": "public-key"}
            for passkey in passkeys
        ],
        "challenge": bytes_to_base64url(secrets.token_bytes(16)),
        "rpId": relying_party(call, pool),
        "timeout": 180_000,
        "userVerification": verification,
    }


def verify_assertion(call: Call, pool: Pool, user: User, credential: str, state: Json) -> bool:
    """Tell whether `credential`, an AuthenticationResponseJSON, answers `state["challenge"]`."""
    passkey = passkey_checks.asserted(
        credential,
        usable(call, pool, user),
        challenge=state["challenge"],
        user_handle=user.sub.encode(),
        require_user_verification=satisfy_mfa(pool, user) or _user_verification(pool) == "required",
    )
    if passkey is None:
        return False
    call.store.save(passkey)
    return True


def _check_enabled(pool: Pool) -> None:
    policy = pool.settings.get("Policies", {}).get("SignInPolicy", {})
    if "WEB_AUTHN" not in policy.get("AllowedFirstAuthFactors", []):
        raise Refused("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool.")


def _check_limit(call: Call, user: User) -> None:
    if len(of_user(call, user)) >= MOST_PER_USER:
        raise Refused(
            "LimitExceededException", f"A user can have {MOST_PER_USER} passkeys at most."
        )


def _configuration(pool: Pool) -> Json:
    configuration: Json = pool.mfa.get("WebAuthnConfiguration", {})
    return configuration


def _user_verification(pool: Pool) -> str:
    return str(_configuration(pool).get("UserVerification", "preferred"))


OPERATIONS = {
    "StartWebAuthnRegistration": start_web_authn_registration,
    "CompleteWebAuthnRegistration": complete_web_authn_registration,
    "ListWebAuthnCredentials": list_web_authn_credentials,
    "DeleteWebAuthnCredential": delete_web_authn_credential,
}
