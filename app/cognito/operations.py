"""The operations of a user pool: one short method for each, named as Cognito names it."""

from collections.abc import Mapping
from typing import Any

from app.cognito.answers import (
    Delivery,
    FirstSession,
    Json,
    LoggedIn,
    PasskeyOptions,
    SignedUp,
    Tokens,
    code_delivery,
    email_in,
    member,
    plain,
    tokens,
    tokens_or_challenge,
)
from app.cognito.client import Caller, CognitoClient
from app.cognito.refusals import DEAD_TOKEN, as_error
from app.cognito.vocabulary import CHALLENGES
from app.errors import InvalidRequest, UpstreamError
from app.settings import Settings

MAX_ATTRIBUTE = 2048  # characters of a value, Cognito's limit


class Cognito:
    """The public operations of one user pool, for one app client.

    Parameters have the names of the members of this API's requests, so that views pass a body on
    as keyword arguments. A `caller` goes to Cognito with the operation.

    Every method can raise CognitoRefused, ServerMisconfigured, UpstreamError, UpstreamUnavailable
    and UpstreamTimeout; one with an access token also InsufficientScope. A docstring names only
    what a method raises besides. A method that returns Json says which keys it has; these are
    Cognito's members in snake case, and Cognito may add others.
    """

    def __init__(self, settings: Settings) -> None:
        self._pool_id = settings.user_pool_id
        self._writable = settings.writable_attributes
        self._client = CognitoClient(settings)
        self.signing_keys = self._client.signing_keys

    # Registration

    def sign_up(
        self, caller: Caller, email: str, password: str, attributes: Mapping[str, str] | None = None
    ) -> SignedUp:
        """Create a user, to whom Cognito sends a code.

        Of the attributes, only those that users may write are set; `ignored` names the others.
        """
        written, ignored = self._split(attributes or {})
        answer = self._client.call_for_user(
            "SignUp",
            email,
            caller,
            Password=password,
            UserAttributes=_pairs({"email": email, **written}),
        )
        user: SignedUp = {
            "user_sub": answer["UserSub"],
            "user_confirmed": answer["UserConfirmed"],
            "code_delivery": code_delivery(answer)["code_delivery"],
        }
        if attributes is not None:
            user["ignored"] = ignored
        if session := answer.get("Session"):
            user["session"] = session
        return user

    def confirm_sign_up(
        self, caller: Caller, email: str, code: str, session: str | None = None
    ) -> FirstSession:
        """Confirm a new user by the code; `session` is that of the sign-up."""
        answer = self._client.call_for_user(
            "ConfirmSignUp", email, caller, ConfirmationCode=code, Session=session
        )
        return {"session": answer["Session"]} if answer.get("Session") else {}

    def resend_confirmation_code(self, caller: Caller, email: str) -> Delivery:
        """Send the confirmation code again."""
        return code_delivery(self._client.call_for_user("ResendConfirmationCode", email, caller))

    # Logging in and out

    def initiate_auth_by_password(
        self, caller: Caller, email: str, password: str, device_key: str | None = None
    ) -> LoggedIn:
        """Log in with the flow USER_PASSWORD_AUTH; return tokens or a challenge."""
        return self._initiate_auth(
            caller, "USER_PASSWORD_AUTH", email, PASSWORD=password, DEVICE_KEY=device_key
        )

    def initiate_auth(
        self,
        caller: Caller,
        email: str,
        flow: str,
        preferred_challenge: str | None = None,
        srp_a: str | None = None,
        device_key: str | None = None,
        session: str | None = None,
    ) -> LoggedIn:
        """Begin a login without the password; return a challenge.

        Returns tokens at once for the session of a confirmed sign-up.
        Raises InvalidRequest for SRP without `srp_a`, the client's public value in hex.
        """
        srp = flow == "USER_SRP_AUTH" or preferred_challenge == "PASSWORD_SRP"
        if srp and not srp_a:
            raise InvalidRequest("The body has 1 problem.", {"srp_a": "is required for SRP"})
        return self._initiate_auth(
            caller,
            flow,
            email,
            session,
            PREFERRED_CHALLENGE=preferred_challenge,
            SRP_A=srp_a,
            # CUSTOM_AUTH begins with SRP, before the custom challenges, if this asks for it.
            CHALLENGE_NAME="SRP_A" if flow == "CUSTOM_AUTH" and srp_a else None,
            DEVICE_KEY=device_key,
        )

    def _initiate_auth(
        self,
        caller: Caller,
        flow: str,
        username: str,
        session: str | None = None,
        **parameters: str | None,
    ) -> LoggedIn:
        """Begin a login, with the AuthParameters that are not None."""
        parameters |= {"USERNAME": username, "SECRET_HASH": self._client.secret_hash(username)}
        answer = self._client.call_as_client(
            "InitiateAuth",
            caller,
            AuthFlow=flow,
            AuthParameters=_given(parameters),
            Session=session,
        )
        return tokens_or_challenge(answer, username)

    def respond_to_auth_challenge(
        self,
        caller: Caller,
        challenge: str,
        username: str,
        session: str | None = None,
        answer: str | None = None,
        responses: Mapping[str, str] | None = None,
        device_key: str | None = None,
    ) -> LoggedIn:
        """Answer a challenge by `answer` or by several `responses`; return as a login does.

        `username` is the one that came with the challenge: the secret hash is computed from it.
        Raises InvalidRequest for an unknown challenge, and for an answer that it does not take.
        """
        if challenge not in CHALLENGES:
            problem = f"must be one of {', '.join(CHALLENGES)}"
            raise InvalidRequest("The body has 1 problem.", {"challenge": problem})
        name = CHALLENGES[challenge]
        if answer is not None and name is None:
            problem = "is not for this challenge; use responses"
            raise InvalidRequest("The body has 1 problem.", {"answer": problem})
        if answer is None and not responses and challenge != "MFA_SETUP":
            wanted = "answer" if name else "responses"
            raise InvalidRequest("The body has 1 problem.", {wanted: "is required"})
        named = {
            **(responses or {}),
            **_given({"DEVICE_KEY": device_key}),
            "USERNAME": username,
            "SECRET_HASH": self._client.secret_hash(username),
        }
        if name and answer is not None:
            named[name] = answer
        reply = self._client.call_as_client(
            "RespondToAuthChallenge",
            caller,
            ChallengeName=challenge,
            Session=session,
            ChallengeResponses=named,
        )
        return tokens_or_challenge(reply, username)

    def get_tokens_from_refresh_token(
        self,
        caller: Caller,
        refresh_token: str,
        email: str | None = None,
        device_key: str | None = None,
    ) -> Tokens:
        """Return new tokens; the refresh token among them replaces the one given.

        If the new ID token is for another email than `email`, the session is revoked and
        CognitoRefused (401) raised: Cognito has issued tokens by then, and nobody would have them
        to log out. If the revocation fails, its error is raised instead.

        InitiateAuth's REFRESH_TOKEN_AUTH would need a SECRET_HASH computed from the user's
        username, which is not the email in pools that sign in by email. This operation takes the
        client secret instead, and works with and without refresh token rotation.
        """
        if not refresh_token:
            raise as_error(DEAD_TOKEN)
        answer = self._client.call_with_secret(
            "GetTokensFromRefreshToken", caller, RefreshToken=refresh_token, DeviceKey=device_key
        )
        result = member(answer, "AuthenticationResult", dict)
        new_tokens = tokens(plain({"RefreshToken": refresh_token, **result}))
        if email and email_in(new_tokens["id_token"]) not in (None, email.casefold()):
            self.revoke_token(new_tokens["refresh_token"])
            raise as_error(DEAD_TOKEN)
        return new_tokens

    def revoke_token(self, refresh_token: str) -> None:
        """Revoke a refresh token, which ends its session; for "" Cognito is not called."""
        if refresh_token:
            self._client.call_with_secret("RevokeToken", Token=refresh_token)

    def global_sign_out(self, access_token: str) -> None:
        """End all of the user's sessions."""
        self._client.call("GlobalSignOut", AccessToken=access_token)

    def update_auth_event_feedback(
        self, username: str, event_id: str, feedback_token: str, feedback: str
    ) -> None:
        """Say whether a login that threat protection reported was the user's: Valid or Invalid."""
        self._client.call(
            "UpdateAuthEventFeedback",
            UserPoolId=self._pool_id,
            Username=username,
            EventId=event_id,
            FeedbackToken=feedback_token,
            FeedbackValue=feedback,
        )

    # Passwords

    def forgot_password(self, caller: Caller, email: str) -> Delivery:
        """Send a code that allows to set a new password."""
        return code_delivery(self._client.call_for_user("ForgotPassword", email, caller))

    def confirm_forgot_password(
        self, caller: Caller, email: str, code: str, new_password: str
    ) -> None:
        """Set a new password by the code."""
        self._client.call_for_user(
            "ConfirmForgotPassword",
            email,
            caller,
            ConfirmationCode=code,
            Password=new_password,
        )

    def change_password(
        self, access_token: str, new_password: str, previous_password: str | None = None
    ) -> None:
        """Set a new password; users who have one must give it as `previous_password`."""
        self._client.call(
            "ChangePassword",
            AccessToken=access_token,
            PreviousPassword=previous_password,
            ProposedPassword=new_password,
        )

    # The user

    def get_user(self, access_token: str) -> dict[str, str]:
        """Return the values of the user's attributes by Cognito's names, such as email."""
        answer = self._client.call("GetUser", AccessToken=access_token)
        return {
            attribute["Name"]: member(attribute, "Value", str)
            for attribute in answer["UserAttributes"]
        }

    def update_user_attributes(
        self, caller: Caller, access_token: str, attributes: Mapping[str, str]
    ) -> tuple[list[str], list[str]]:
        """Change those of the attributes that users may write; an empty value deletes one.

        Returns the names of the attributes that were written, and of those that were ignored.
        Raises InvalidRequest if there is none to write, or for a value that is too long.
        """
        written, ignored = self._split(attributes)
        if not written:
            problems = dict.fromkeys(self._writable, "at least one of these is required")
            raise InvalidRequest(f"The body has {len(problems)} problems.", problems)
        for name, value in written.items():
            if type(value) is not str or len(value) > MAX_ATTRIBUTE:
                problem = f"must be a string of at most {MAX_ATTRIBUTE} characters"
                raise InvalidRequest("The body has 1 problem.", {name: problem})
        self._client.call(
            "UpdateUserAttributes",
            caller,
            AccessToken=access_token,
            UserAttributes=_pairs(written),
        )
        return list(written), ignored

    def update_email(self, caller: Caller, access_token: str, email: str) -> Delivery:
        """Change the email address; Cognito sends a code to the new one."""
        answer = self._client.call(
            "UpdateUserAttributes",
            caller,
            AccessToken=access_token,
            UserAttributes=_pairs({"email": email}),
        )
        deliveries = answer.get("CodeDeliveryDetailsList") or [None]
        return code_delivery({"CodeDeliveryDetails": deliveries[0]})

    def delete_user_attributes(self, access_token: str, attribute: str) -> None:
        """Delete an attribute; raise InvalidRequest unless users may write it."""
        if attribute not in self._writable:
            problem = f"must be one of {', '.join(self._writable)}"
            raise InvalidRequest("The path has 1 problem.", {"attribute": problem})
        self._client.call(
            "DeleteUserAttributes", AccessToken=access_token, UserAttributeNames=[attribute]
        )

    def get_user_attribute_verification_code(
        self, caller: Caller, access_token: str, attribute: str
    ) -> Delivery:
        """Send a code to the address or number of an attribute, to verify it."""
        answer = self._client.call(
            "GetUserAttributeVerificationCode",
            caller,
            AccessToken=access_token,
            AttributeName=attribute,
        )
        return code_delivery(answer)

    def verify_user_attribute(self, access_token: str, attribute: str, code: str) -> None:
        """Verify an attribute by the code."""
        self._client.call(
            "VerifyUserAttribute", AccessToken=access_token, AttributeName=attribute, Code=code
        )

    def delete_user(self, access_token: str) -> None:
        """Delete the user for good."""
        self._client.call("DeleteUser", AccessToken=access_token)

    # Second factors. A `grant` is {"AccessToken": …}, or {"Session": …} of an MFA_SETUP challenge.

    def get_user_auth_factors(self, access_token: str) -> Json:
        """Return the user's factors.

        Keys: username, and those that apply of preferred_mfa_setting, user_mfa_setting_list and
        configured_user_auth_factors.
        """
        return plain(self._client.call("GetUserAuthFactors", AccessToken=access_token))

    def set_user_mfa_preference(
        self, access_token: str, factors: Mapping[str, Mapping[str, bool]]
    ) -> None:
        """Switch second factors on or off.

        `factors` has, by sms, totp, email or passkey, the switches `enabled` and, optionally,
        `preferred`.
        """
        names = {
            "sms": "SMSMfaSettings",
            "totp": "SoftwareTokenMfaSettings",
            "email": "EmailMfaSettings",
            "passkey": "WebAuthnMfaSettings",
        }
        settings = {
            names[factor]: _given(
                {"Enabled": switches["enabled"], "PreferredMfa": switches.get("preferred")}
            )
            for factor, switches in factors.items()
        }
        self._client.call("SetUserMFAPreference", AccessToken=access_token, **settings)

    def associate_software_token(self, grant: Mapping[str, str]) -> tuple[str, str | None]:
        """Return a new secret in base32, and for a session the one to verify the secret with."""
        answer = self._client.call("AssociateSoftwareToken", **grant)
        return member(answer, "SecretCode", str), answer.get("Session")

    def verify_software_token(
        self, grant: Mapping[str, str], code: str, device_name: str | None = None
    ) -> str | None:
        """Verify an authenticator by its code; return the session of the challenge, if any.

        Raises UpstreamError also where Cognito answers with a status other than SUCCESS.
        """
        answer = self._client.call(
            "VerifySoftwareToken", **grant, UserCode=code, FriendlyDeviceName=device_name
        )
        if answer.get("Status") != "SUCCESS":
            raise UpstreamError("Cognito could not verify the authenticator.")
        session: str | None = answer.get("Session")
        return session

    # Passkeys

    def start_web_authn_registration(self, access_token: str) -> PasskeyOptions:
        """Return the options with which the browser makes a passkey."""
        answer = self._client.call("StartWebAuthnRegistration", AccessToken=access_token)
        options = member(answer, "CredentialCreationOptions", dict)
        member(options, "challenge", str)  # botocore's model does not say what it contains
        return {"credential_creation_options": options}

    def complete_web_authn_registration(
        self, access_token: str, credential: Mapping[str, Any]
    ) -> None:
        """Store the passkey that the browser made, a RegistrationResponseJSON of WebAuthn."""
        self._client.call(
            "CompleteWebAuthnRegistration", AccessToken=access_token, Credential=credential
        )

    def list_web_authn_credentials(
        self, access_token: str, limit: int | None = None, next_token: str | None = None
    ) -> Json:
        """Return a page of the user's passkeys.

        Keys: credentials, and next_token unless this is the last page. A credential has
        credential_id, friendly_credential_name, relying_party_id, authenticator_transports,
        created_at and maybe authenticator_attachment.
        """
        answer = self._client.call(
            "ListWebAuthnCredentials",
            AccessToken=access_token,
            MaxResults=limit,
            NextToken=next_token,
        )
        return plain(answer)

    def delete_web_authn_credential(self, access_token: str, credential_id: str) -> None:
        """Delete a passkey."""
        self._client.call(
            "DeleteWebAuthnCredential", AccessToken=access_token, CredentialId=credential_id
        )

    # Devices

    def list_devices(
        self, access_token: str, limit: int | None = None, next_token: str | None = None
    ) -> Json:
        """Return a page of the user's devices.

        Keys: devices, and next_token unless this is the last page; for a device see `get_device`.
        """
        answer = self._client.call(
            "ListDevices", AccessToken=access_token, Limit=limit, PaginationToken=next_token
        )
        page = plain({"Devices": [], **answer})
        if "pagination_token" in page:
            page["next_token"] = page.pop("pagination_token")
        return page

    def get_device(self, access_token: str, key: str) -> Json:
        """Return a device under the key `device`.

        Its keys: device_key, device_attributes (a list of name and value), device_create_date,
        device_last_modified_date and device_last_authenticated_date.
        """
        return plain(self._client.call("GetDevice", AccessToken=access_token, DeviceKey=key))

    def confirm_device(
        self,
        access_token: str,
        key: str,
        password_verifier: str,
        salt: str,
        device_name: str | None = None,
    ) -> Json:
        """Let the pool track a device; verifier and salt of the device's password are base64.

        Returns user_confirmation_necessary: whether the user decides if it is remembered.
        """
        answer = self._client.call(
            "ConfirmDevice",
            AccessToken=access_token,
            DeviceKey=key,
            DeviceSecretVerifierConfig={"PasswordVerifier": password_verifier, "Salt": salt},
            DeviceName=device_name,
        )
        return plain({"UserConfirmationNecessary": False, **answer})

    def update_device_status(self, access_token: str, key: str, status: str) -> None:
        """Set a device's status: remembered or not_remembered."""
        self._client.call(
            "UpdateDeviceStatus",
            AccessToken=access_token,
            DeviceKey=key,
            DeviceRememberedStatus=status,
        )

    def forget_device(self, access_token: str, key: str) -> None:
        """Remove a device from the user's devices."""
        self._client.call("ForgetDevice", AccessToken=access_token, DeviceKey=key)

    # Sessions

    def list_user_sessions(self, access_token: str, next_token: str | None = None) -> Json:
        """Return a page of the user's sessions.

        Keys: sessions, and next_token unless this is the last page. A session has session_id,
        session_type (TOKEN, or SSO for the hosted UI's), create_date and what Cognito knows more.
        """
        answer = self._client.call(
            "ListUserSessions", AccessToken=access_token, NextToken=next_token
        )
        return plain({"Sessions": [], **answer})

    def revoke_user_session(self, access_token: str, session_id: str) -> None:
        """End one session."""
        self._client.call("RevokeUserSession", AccessToken=access_token, SessionId=session_id)

    def _split(self, attributes: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
        """Return the attributes that users may write, and the names of the others."""
        written = {name: attributes[name] for name in self._writable if name in attributes}
        return written, [name for name in attributes if name not in written]


def _pairs(attributes: Mapping[str, str]) -> list[Json]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
