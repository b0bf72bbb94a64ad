"""The user pool, one short method an operation, in Cognito's verbs."""

from collections.abc import Mapping
from typing import Any

from app.cognito.answers import (
    Json,
    LoggedIn,
    Sent,
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

MAX_ATTRIBUTE = 2048  # characters of a value, by Cognito's schema


class Cognito:
    """The public operations of one user pool, for one app client."""

    def __init__(self, settings: Settings) -> None:
        self._pool_id = settings.user_pool_id
        self._writable = settings.writable_attributes
        self._client = CognitoClient(settings)
        self.signing_keys = self._client.signing_keys

    # Registration

    def sign_up(
        self, caller: Caller, email: str, password: str, attributes: Mapping[str, str] | None = None
    ) -> Json:
        """Create a user, to whom Cognito sends a code.

        Returns user_sub, user_confirmed, code_delivery, the names of the attributes that were
        ignored, and the session of the first login, where Cognito gives one.
        """
        written, ignored = self._split(attributes or {})
        answer = self._client.call_for_user(
            "SignUp",
            email,
            caller,
            Password=password,
            UserAttributes=_pairs({"email": email, **written}),
        )
        user = {
            "user_sub": answer["UserSub"],
            "user_confirmed": answer["UserConfirmed"],
            **code_delivery(answer),
        }
        if attributes is not None:
            user["ignored"] = ignored
        return {**user, **_session(answer)}

    def confirm_sign_up(
        self, caller: Caller, email: str, code: str, session: str | None = None
    ) -> Json:
        """Confirm a user by the code; return the session of the first login, if there is one."""
        answer = self._client.call_for_user(
            "ConfirmSignUp", email, caller, ConfirmationCode=code, Session=session
        )
        return _session(answer)

    def resend_confirmation_code(self, caller: Caller, email: str) -> Sent:
        """Send the confirmation code again."""
        return code_delivery(self._client.call_for_user("ResendConfirmationCode", email, caller))

    # Logging in and out

    def initiate_auth_by_password(
        self, caller: Caller, email: str, password: str, device_key: str | None = None
    ) -> LoggedIn:
        """Log in by USER_PASSWORD_AUTH."""
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
        """Begin a login whose first step is a challenge.

        With the session of a confirmed sign-up there is none: the user is logged in.
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
            # In CUSTOM_AUTH, SRP comes before the custom challenges if asked for.
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
        """Begin a login; return tokens and 200, or a challenge and 202."""
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
        """Answer a challenge; the hash is over the name that Cognito returned with it."""
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
        """Return new tokens, with the refresh token to use from now on.

        Where the new ID token carries another email than the one given, the session is revoked
        and the refresh token counts as dead: Cognito has already made tokens for it, and they
        would live on in nobody's hands. If the revocation fails, its error is raised.

        REFRESH_TOKEN_AUTH would need a SECRET_HASH over the user's real name, which is not the
        email in pools that sign in by email. This operation takes the client secret instead, and
        works with and without refresh token rotation.
        """
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
        """End the session of a refresh token."""
        self._client.call_with_secret("RevokeToken", Token=refresh_token)

    def global_sign_out(self, access_token: str) -> None:
        """End all of the user's sessions."""
        self._client.call("GlobalSignOut", AccessToken=access_token)

    def update_auth_event_feedback(
        self, username: str, event_id: str, feedback_token: str, feedback: str
    ) -> None:
        """Pass on the user's verdict on a login that threat protection reported."""
        self._client.call(
            "UpdateAuthEventFeedback",
            UserPoolId=self._pool_id,
            Username=username,
            EventId=event_id,
            FeedbackToken=feedback_token,
            FeedbackValue=feedback,
        )

    # Passwords

    def forgot_password(self, caller: Caller, email: str) -> Sent:
        """Send a code with which the password can be set anew."""
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
        """Set a new password by the old one, which users who log in without one do not have."""
        self._client.call(
            "ChangePassword",
            AccessToken=access_token,
            PreviousPassword=previous_password,
            ProposedPassword=new_password,
        )

    # The user

    def get_user(self, access_token: str) -> Json:
        """Return the user's attributes by name."""
        answer = self._client.call("GetUser", AccessToken=access_token)
        return {
            attribute["Name"]: member(attribute, "Value", str)
            for attribute in answer["UserAttributes"]
        }

    def update_user_attributes(
        self, caller: Caller, access_token: str, attributes: Mapping[str, str]
    ) -> tuple[list[str], list[str]]:
        """Change the writable ones of these attributes; an empty value deletes one.

        Returns the names of those that were written, and of those that were ignored.
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

    def update_email(self, caller: Caller, access_token: str, email: str) -> Sent:
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
        """Delete an attribute that users may write."""
        if attribute not in self._writable:
            problem = f"must be one of {', '.join(self._writable)}"
            raise InvalidRequest("The path has 1 problem.", {"attribute": problem})
        self._client.call(
            "DeleteUserAttributes", AccessToken=access_token, UserAttributeNames=[attribute]
        )

    def get_user_attribute_verification_code(
        self, caller: Caller, access_token: str, attribute: str
    ) -> Sent:
        """Send a code to the address or number that an attribute holds."""
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

    # Second factors: here a `grant` is the access token, or the session of an MFA_SETUP challenge

    def get_user_auth_factors(self, access_token: str) -> Json:
        """Return the factors that the user has set up."""
        return plain(self._client.call("GetUserAuthFactors", AccessToken=access_token))

    def set_user_mfa_preference(
        self, access_token: str, factors: Mapping[str, Mapping[str, bool]]
    ) -> None:
        """Switch second factors on or off."""
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
        """Return a new secret for an authenticator, and the session to verify it with, if any."""
        answer = self._client.call("AssociateSoftwareToken", **grant)
        return member(answer, "SecretCode", str), answer.get("Session")

    def verify_software_token(
        self, grant: Mapping[str, str], code: str, device_name: str | None = None
    ) -> str | None:
        """Verify an authenticator by its code; return the session for the challenge, if any."""
        answer = self._client.call(
            "VerifySoftwareToken", **grant, UserCode=code, FriendlyDeviceName=device_name
        )
        if answer.get("Status") != "SUCCESS":
            raise UpstreamError("Cognito could not verify the authenticator.")
        session: str | None = answer.get("Session")
        return session

    # Passkeys

    def start_web_authn_registration(self, access_token: str) -> Json:
        """Return what the browser needs to make a passkey."""
        answer = self._client.call("StartWebAuthnRegistration", AccessToken=access_token)
        options = member(answer, "CredentialCreationOptions", dict)
        member(options, "challenge", str)  # botocore's model says nothing of what is in it
        return {"credential_creation_options": options}

    def complete_web_authn_registration(
        self, access_token: str, credential: Mapping[str, Any]
    ) -> None:
        """Store the passkey that the browser made."""
        self._client.call(
            "CompleteWebAuthnRegistration", AccessToken=access_token, Credential=credential
        )

    def list_web_authn_credentials(
        self, access_token: str, limit: int | None = None, next_token: str | None = None
    ) -> Json:
        """Return a page of the user's passkeys."""
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
        """Return a page of the user's devices."""
        answer = self._client.call(
            "ListDevices", AccessToken=access_token, Limit=limit, PaginationToken=next_token
        )
        page = plain({"Devices": [], **answer})
        return {("next_token" if n == "pagination_token" else n): v for n, v in page.items()}

    def get_device(self, access_token: str, key: str) -> Json:
        """Return one device."""
        return plain(self._client.call("GetDevice", AccessToken=access_token, DeviceKey=key))

    def confirm_device(
        self,
        access_token: str,
        key: str,
        password_verifier: str,
        salt: str,
        device_name: str | None = None,
    ) -> Json:
        """Begin to track a device."""
        answer = self._client.call(
            "ConfirmDevice",
            AccessToken=access_token,
            DeviceKey=key,
            DeviceSecretVerifierConfig={"PasswordVerifier": password_verifier, "Salt": salt},
            DeviceName=device_name,
        )
        return plain({"UserConfirmationNecessary": False, **answer})

    def update_device_status(self, access_token: str, key: str, status: str) -> None:
        """Remember a device, or no longer."""
        self._client.call(
            "UpdateDeviceStatus",
            AccessToken=access_token,
            DeviceKey=key,
            DeviceRememberedStatus=status,
        )

    def forget_device(self, access_token: str, key: str) -> None:
        """Remove a device."""
        self._client.call("ForgetDevice", AccessToken=access_token, DeviceKey=key)

    # Sessions

    def list_user_sessions(self, access_token: str, next_token: str | None = None) -> Json:
        """Return a page of the user's sessions."""
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


def _session(answer: Json) -> Json:
    return {"session": answer["Session"]} if answer.get("Session") else {}


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
