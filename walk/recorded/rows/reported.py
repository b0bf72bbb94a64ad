"""The second table: answers that others saw and published without a raw recording.

The part of a name before the slash is the source:

OTP     AllianceBioversityCIAT/onecgiar_pr, docs/specs/changes/cognito-email-otp-login
MS      ministackorg/ministack pull request 1758, "AWS behaviour (measured)"
MFA     floci CognitoSetUserPoolMfaConfigIntegrationTest; go-to-k/cdkd 2064, 1975
MOTO    getmoto/moto tests that are marked as verified against AWS
owner/repository#number, or a package's short name: an issue with the answer in it
"""

from typing import Any

from walk import srp
from walk.recorded.expect import (
    NOTHING,
    SESSION,
    UUID,
    Expectation,
    Form,
    answered,
    attributes,
    claims_of,
    header,
    holds,
    includes,
    refused,
    tokens,
)
from walk.recorded.given import (
    CHANGED,
    EVERY_FLOW,
    PASSWORD,
    TEMPORARY,
    admin,
    answer_challenge,
    attempt,
    client,
    code_sent_to,
    confirmed,
    get_user,
    invited,
    mails,
    name,
    new_password,
    password_sign_in,
    pool,
    refresh,
    revoke,
    sign_up,
    signed_up,
    srp_proof,
    srp_sign_in,
    totp,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.refresh import SIGNED_IN
from walk.recorded.rows.sign_in import DISABLED, UNKNOWN_USER, WRONG
from walk.recorded.scene import Call, Scene, Steps, call

PLAIN = (pool(), client())


def invalid(message: str) -> Expectation:
    """Expect InvalidParameterException."""
    return refused("InvalidParameterException", message)


def denied(message: str) -> Expectation:
    """Expect NotAuthorizedException."""
    return refused("NotAuthorizedException", message)


# --- First factors: a pool with passwords and codes by mail

OTP_POOL = pool(
    UserPoolTier="ESSENTIALS",
    AutoVerifiedAttributes=["email"],
    Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
)
CHOOSING = (
    mails,
    OTP_POOL,
    client("choosing", ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
)
MAIL = (("email", "jane-$user@g.example"), ("email_verified", "true"))
PASSWORDLESS = (
    CHOOSING,
    name(),
    admin("AdminCreateUser", MessageAction="SUPPRESS", UserAttributes=attributes(*MAIL)),
)


def choose(preferred: str | None = None, client: str = "choosing", user: str = "user") -> Call:
    """InitiateAuth with USER_AUTH."""
    wish = {} if preferred is None else {"PREFERRED_CHALLENGE": preferred}
    return call(
        "InitiateAuth",
        {
            "ClientId": f"${client}",
            "AuthFlow": "USER_AUTH",
            "AuthParameters": {"USERNAME": f"${user}", **wish},
        },
        keep={"session": "Session"},
    )


def email_otp(destination: str) -> dict[str, Any]:
    """Return the EMAIL_OTP challenge."""
    return {
        "AvailableChallenges": ["EMAIL_OTP"],
        "ChallengeName": "EMAIL_OTP",
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
            "CODE_DELIVERY_DESTINATION": destination,
        },
        "Session": SESSION,
    }


def selection(*names: str) -> dict[str, Any]:
    """Return the SELECT_CHALLENGE challenge."""
    return {
        "AvailableChallenges": list(names),
        "ChallengeName": "SELECT_CHALLENGE",
        "ChallengeParameters": {},
        "Session": SESSION,
    }


def enter(code: str, session: str = "$session") -> Call:
    """Answer EMAIL_OTP."""
    return answer_challenge("EMAIL_OTP", "choosing", session, USERNAME="$user", EMAIL_OTP_CODE=code)


MAILED = (PASSWORDLESS, choose("EMAIL_OTP"), code_sent_to("jane-$user@g.example"))


def wrong_code(scene: Scene) -> None:
    """Keep a code of the same length that is not the right one."""
    code = scene["code"]
    scene.names["wrong_code"] = code[:-1] + str((int(code[-1]) + 1) % 10)


MISMATCH = refused("CodeMismatchException", "Invalid code or auth state for the user.")

FIRST_FACTORS = (
    Row(
        "OTP/passwordless-user-is-confirmed",
        PASSWORDLESS,
        admin("AdminGetUser"),
        includes({"UserStatus": "CONFIRMED"}),
    ),
    Row("OTP/no-preference", PASSWORDLESS, choose(), answered(selection("EMAIL_OTP"))),
    Row(
        "OTP/preferred-email",
        PASSWORDLESS,
        choose("EMAIL_OTP"),
        answered(email_otp("j***@g***")),
    ),
    Row(
        "OTP/force-change-user",
        (CHOOSING, invited("user", "pool", *MAIL)),
        choose("EMAIL_OTP"),
        answered(selection("PASSWORD_SRP", "PASSWORD")),
    ),
    Row(
        "OTP/unknown-user",
        (
            mails,
            OTP_POOL,
            client(
                "hiding",
                ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
                PreventUserExistenceErrors="ENABLED",
            ),
            name(),
            lambda scene: scene.names.update(nobody=f"nobody-{scene['user']}@invalid.example"),
        ),
        choose("EMAIL_OTP", client="hiding", user="nobody"),
        answered(email_otp("n***@i***")),
    ),
    Row("OTP/right-code", MAILED, enter("$code"), tokens()),
    Row(
        "OTP/code-has-eight-digits",
        MAILED,
        enter("$code"),
        holds("the code has eight digits", lambda scene: len(scene["code"]) == 8),
    ),
    Row("OTP/wrong-code", (MAILED, wrong_code), enter("$wrong_code"), MISMATCH),
    Row(
        "OTP/six-wrong-codes",
        (MAILED, wrong_code, *[attempt(enter("$wrong_code"))] * 5),
        enter("$wrong_code"),
        MISMATCH,
    ),
    Row(
        "OTP/right-code-after-wrong-ones",
        (MAILED, wrong_code, attempt(enter("$wrong_code")), attempt(enter("$wrong_code"))),
        enter("$code"),
        tokens(),
    ),
    Row(
        "OTP/session-used-again",
        (MAILED, enter("$code")),
        enter("$code"),
        denied("Invalid session for the user, session can only be used once."),
    ),
    Row(
        "OTP/session-expired",
        (MAILED, wait(234)),
        enter("$code"),
        denied("Invalid session for the user, session is expired."),
    ),
    Row(
        "aws-amplify/amplify-js#5834 garbled session",
        MAILED,
        enter("$code", "A" * 200),
        denied("Invalid session for the user."),
    ),
    Row(
        "aws/aws-sdk-js-v3#6724 sign-up of a choosing client",
        (CHOOSING, name()),
        sign_up(("email", "jane-$user@g.example"), client="choosing"),
        answered(
            {
                "CodeDeliveryDetails": {
                    "AttributeName": "email",
                    "DeliveryMedium": "EMAIL",
                    "Destination": "j***@g***",
                },
                "Session": SESSION,
                "UserConfirmed": False,
                "UserSub": UUID,
            }
        ),
    ),
)

SIGNED_UP_CHOOSING = (
    CHOOSING,
    name(),
    sign_up(("email", "jane-$user@g.example"), client="choosing", keep={"session": "Session"}),
    code_sent_to("jane-$user@g.example"),
)
CONFIRM_WITH_SESSION = call(
    "ConfirmSignUp",
    {
        "ClientId": "$choosing",
        "Username": "$user",
        "ConfirmationCode": "$code",
        "Session": "$session",
    },
    keep={"session": "Session"},
)
AUTOMATIC_LOGIN = (
    Row(
        "aws/aws-sdk-js-v3#6724 confirmation with a session",
        SIGNED_UP_CHOOSING,
        CONFIRM_WITH_SESSION,
        answered({"Session": SESSION}),
    ),
    Row(
        "aws/aws-sdk-js-v3#6724 first login",
        (SIGNED_UP_CHOOSING, CONFIRM_WITH_SESSION),
        call(
            "InitiateAuth",
            {
                "ClientId": "$choosing",
                "AuthFlow": "USER_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
                "Session": "$session",
            },
        ),
        tokens(),
    ),
)

# --- What is checked in which order, and the SRP proof

UNCONFIRMED = (PLAIN, signed_up())
RESET = (
    mails,
    PLAIN,
    confirmed("user", "pool", *MAIL),
    admin("AdminResetUserPassword"),
)
SRP_STARTED = (PLAIN, confirmed(), srp_sign_in())
WRONG_DAY = "Mon Sep 24 13:50:15 UTC 2026"
ZERO_DAY = "Sat Sep 05 13:50:15 UTC 2026"


PASSWORDS = (
    Row(
        "MS/disabled-before-unconfirmed",
        (UNCONFIRMED, admin("AdminDisableUser")),
        password_sign_in("Wrong-1-password"),
        DISABLED,
    ),
    *(
        Row(
            f"MS/unconfirmed-{word}-password",
            UNCONFIRMED,
            password_sign_in(password),
            refused("UserNotConfirmedException", "User is not confirmed."),
        )
        for word, password in (("right", PASSWORD), ("wrong", "Wrong-1-password"))
    ),
    Row(
        "MS/reset-required-right-password",
        RESET,
        password_sign_in(),
        refused("PasswordResetRequiredException", "Password reset required for the user"),
    ),
    Row("MS/reset-required-wrong-password", RESET, password_sign_in("Wrong-1-password"), WRONG),
    Row(
        "MS/sub-is-no-username",
        (
            PLAIN,
            signed_up(),
            lambda scene: scene.names.update(user=scene["sub"]),
        ),
        password_sign_in(),
        UNKNOWN_USER,
    ),
    Row(
        "MS/srp-not-enabled",
        (pool(), client("password_only", ExplicitAuthFlows=EVERY_FLOW[:1]), confirmed()),
        srp_sign_in("password_only"),
        invalid("USER_SRP_AUTH is not enabled for the client."),
    ),
    Row(
        "MS/srp-no-responses",
        SRP_STARTED,
        answer_challenge("PASSWORD_VERIFIER", session=None),
        invalid("Missing required parameter challenge responses."),
    ),
    *(
        Row(
            f"MS/srp-without-{missing}",
            SRP_STARTED,
            srp_proof(without=missing),
            invalid(f"Missing required parameter {missing}"),
        )
        for missing in (
            "USERNAME",
            "TIMESTAMP",
            "PASSWORD_CLAIM_SIGNATURE",
            "PASSWORD_CLAIM_SECRET_BLOCK",
        )
    ),
    *(
        Row(
            f"MS/srp-timestamp-{word}",
            SRP_STARTED,
            srp_proof(at=text),
            invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."),
        )
        for word, text in (
            ("iso", "2026-09-24T13:50:15Z"),
            ("lower-case-zone", "Thu Sep 24 13:50:15 utc 2026"),
        )
    ),
    Row(
        "MS/srp-signature-not-base64",
        SRP_STARTED,
        srp_proof(PASSWORD_CLAIM_SIGNATURE="not base64!"),
        invalid("Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."),
    ),
    Row("MS/srp-wrong-password", SRP_STARTED, srp_proof("Wrong-1-password"), WRONG),
    Row(
        "MS/srp-unknown-secret-block",
        SRP_STARTED,
        srp_proof(PASSWORD_CLAIM_SECRET_BLOCK="QUFB" * 300),
        WRONG,
    ),
    Row("MS/srp-wrong-weekday", SRP_STARTED, srp_proof(at=WRONG_DAY), WRONG),
    Row("MS/srp-day-with-a-zero", SRP_STARTED, srp_proof(at=ZERO_DAY), WRONG),
    Row("MS/srp-second-proof", (SRP_STARTED, srp_proof()), srp_proof(), tokens()),
    Row(
        "amazon-cognito-identity-js#506 locked",
        (PLAIN, confirmed(), *[attempt(password_sign_in("Wrong-1-password"))] * 9),
        password_sign_in(),
        denied("Password attempts exceeded"),
    ),
)

# --- NEW_PASSWORD_REQUIRED with attributes

NAMED_POOL = (
    pool(
        Schema=[
            {
                "Name": "family_name",
                "AttributeDataType": "String",
                "Mutable": True,
                "Required": True,
            }
        ]
    ),
    client(),
)
NEW_PASSWORDS = (
    Row(
        "fixtures/new-password-with-attributes",
        (NAMED_POOL, invited("user", "pool", ("email", "jane@g.example"))),
        password_sign_in(TEMPORARY),
        includes(
            {
                "ChallengeParameters.requiredAttributes": '["userAttributes.family_name"]',
                "ChallengeParameters.userAttributes": '{"email":"jane@g.example"}',
            }
        ),
    ),
    Row(
        "fixtures/new-password-email-again",
        (
            PLAIN,
            invited("user", "pool", ("email", "jane@g.example")),
            password_sign_in(TEMPORARY),
        ),
        new_password(**{"userAttributes.email": "jane@g.example"}),
        denied("Cannot modify an already provided email"),
    ),
    Row(
        "aws-amplify/amplify-js#9844 temporary password expired",
        (PLAIN, invited(), wait(8 * 86_400)),
        password_sign_in(TEMPORARY),
        denied("Temporary password has expired and must be reset by an administrator."),
    ),
)

# --- Settings of MFA

MFA_POOL = pool(fresh=True, UserPoolTier="ESSENTIALS")
TOTP_BLOCK = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def passkey_pool(*factors: str) -> Steps:
    """A pool with these first factors."""
    return pool(
        fresh=True,
        UserPoolTier="ESSENTIALS",
        Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}},
    )


def set_mfa(state: str | None, **blocks: Any) -> Call:
    """SetUserPoolMfaConfig."""
    members = {"UserPoolId": "$pool", **blocks}
    return call(
        "SetUserPoolMfaConfig", members if state is None else {**members, "MfaConfiguration": state}
    )


SINGLE = {"WebAuthnConfiguration": {"FactorConfiguration": "SINGLE_FACTOR"}}
MFA_SETTINGS = (
    Row(
        "MFA/off-with-a-block",
        MFA_POOL,
        set_mfa("OFF", **TOTP_BLOCK),
        invalid(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
        ),
    ),
    *(
        Row(
            f"MFA/{state.lower()}-without-a-block",
            MFA_POOL,
            set_mfa(state),
            invalid(
                "Invalid MFA Configuration given. "
                "SMS MFA, Email MFA, or Software Token MFA must be enabled."
            ),
        )
        for state in ("ON", "OPTIONAL")
    ),
    Row(
        "MFA/passkeys-as-single-factor-with-required-mfa",
        passkey_pool("WEB_AUTHN"),
        set_mfa("ON", **TOTP_BLOCK, **SINGLE),
        invalid(
            "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and "
            "WebAuthn is an allowed first auth factor"
        ),
    ),
    Row(
        "MFA/email-code-with-required-mfa",
        passkey_pool("EMAIL_OTP"),
        set_mfa("ON", **TOTP_BLOCK),
        invalid(
            "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor "
            "if MFA is enabled"
        ),
    ),
    Row(
        "MFA/passkeys-added-to-required-mfa",
        (MFA_POOL, set_mfa("ON", **TOTP_BLOCK)),
        call(
            "UpdateUserPool",
            {
                "UserPoolId": "$pool",
                "MfaConfiguration": "ON",
                "Policies": {
                    "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}
                },
            },
        ),
        invalid(
            "WEB_AUTHN cannot be used as an auth factor when MFA is enabled "
            "if not configured for MFA."
        ),
    ),
    Row(
        "MFA/passkeys-as-single-factor-with-optional-mfa",
        passkey_pool("WEB_AUTHN"),
        set_mfa("OPTIONAL", **TOTP_BLOCK, **SINGLE),
        includes({"MfaConfiguration": "OPTIONAL"}),
    ),
    Row(
        "MFA/passkeys-without-mfa",
        passkey_pool("WEB_AUTHN"),
        set_mfa("OFF", **SINGLE),
        includes({"MfaConfiguration": "OFF"}),
    ),
    Row(
        "MFA/absent-is-off",
        (MFA_POOL, set_mfa("OPTIONAL", **TOTP_BLOCK), set_mfa(None)),
        call("GetUserPoolMfaConfig", {"UserPoolId": "$pool"}),
        answered({"MfaConfiguration": "OFF"}),
    ),
    Row(
        "MFA/only-what-is-configured",
        (MFA_POOL, set_mfa("OPTIONAL", **TOTP_BLOCK)),
        call("GetUserPoolMfaConfig", {"UserPoolId": "$pool"}),
        answered({"MfaConfiguration": "OPTIONAL", **TOTP_BLOCK}),
    ),
    Row(
        "MFA/required-at-creation-without-sms",
        (),
        call("CreateUserPool", {"PoolName": "recorded", "MfaConfiguration": "ON"}),
        invalid(
            "SMS configuration and Auto verification for phone_number are required "
            "when MFA is required/optional"
        ),
    ),
)

# --- Authenticator apps and second factors

TOTP_POOL = (
    pool("pool", fresh=True, PoolName="authenticators"),
    set_mfa("OPTIONAL", **TOTP_BLOCK),
    client(),
    confirmed(),
    password_sign_in(),
)
ASSOCIATE = call(
    "AssociateSoftwareToken", {"AccessToken": "$access"}, keep={"secret": "SecretCode"}
)


def verify(code: Any) -> Call:
    """VerifySoftwareToken."""
    return call("VerifySoftwareToken", {"AccessToken": "$access", "UserCode": code})


PREFER_TOTP = call(
    "SetUserMFAPreference",
    {"AccessToken": "$access", "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}},
)
ENROLLED = (TOTP_POOL, ASSOCIATE, verify(totp("secret")), PREFER_TOTP)
ASKED_FOR_TOTP = (ENROLLED, wait(90), password_sign_in())


def enter_totp(code: Any) -> Call:
    """Answer SOFTWARE_TOKEN_MFA."""
    return answer_challenge("SOFTWARE_TOKEN_MFA", USERNAME="$user", SOFTWARE_TOKEN_MFA_CODE=code)


SECOND_FACTORS = (
    Row(
        "amazon-cognito-identity-js#627 no session with an access token",
        TOTP_POOL,
        ASSOCIATE,
        answered({"SecretCode": Form("16 or more of A-Z and 2-7", r"[A-Z2-7]{16,}")}),
    ),
    Row(
        "aws-samples/aws-amplify-auth-starters#15 wrong code at set-up",
        (TOTP_POOL, ASSOCIATE),
        verify(totp("secret", wrong=True)),
        refused(
            "EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"
        ),
    ),
    *(
        Row(
            f"aws/aws-sdk-js-v3#4645 {member} not set up",
            TOTP_POOL,
            call("SetUserMFAPreference", {"AccessToken": "$access", member: {"Enabled": True}}),
            invalid(f"User does not have delivery config set to turn on {factor}"),
        )
        for member, factor in (
            ("SoftwareTokenMfaSettings", "SOFTWARE_TOKEN_MFA"),
            ("SMSMfaSettings", "SMS_MFA"),
        )
    ),
    Row("AWS CLI/right code", ASKED_FOR_TOTP, enter_totp(totp("secret")), tokens()),
    Row(
        "amazon-cognito-identity-js#630 code used before",
        (ASKED_FOR_TOTP, enter_totp(totp("secret")), password_sign_in()),
        enter_totp(totp("secret")),
        refused("ExpiredCodeException", "Your software token has already been used once."),
    ),
    Row(
        "amazon-cognito-identity-js#630 wrong code",
        ASKED_FOR_TOTP,
        enter_totp(totp("secret", wrong=True)),
        refused("CodeMismatchException", "Invalid code received for user"),
    ),
    Row(
        "amazon-cognito-identity-js#627 no session",
        ASKED_FOR_TOTP,
        answer_challenge(
            "SOFTWARE_TOKEN_MFA", session=None, USERNAME="$user", SOFTWARE_TOKEN_MFA_CODE="000000"
        ),
        invalid("Missing required parameter Session"),
    ),
)

SMS_POOL = (
    mails,
    pool(
        fresh=True,
        PoolName="texts",
        AutoVerifiedAttributes=["phone_number"],
        SmsConfiguration={"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"},
    ),
    set_mfa(
        "OPTIONAL",
        SmsMfaConfiguration={
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}
        },
    ),
    client(),
    confirmed("user", "pool", ("phone_number", "+12065550183"), ("phone_number_verified", "true")),
    password_sign_in(),
    call(
        "SetUserMFAPreference",
        {"AccessToken": "$access", "SMSMfaSettings": {"Enabled": True, "PreferredMfa": True}},
    ),
)
TEXTS = (
    Row(
        "iret.media/95416",
        SMS_POOL,
        password_sign_in(),
        answered(
            {
                "ChallengeName": "SMS_MFA",
                "ChallengeParameters": {
                    "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
                    "CODE_DELIVERY_DESTINATION": Form("a masked number", r"\+\*{7,11}\d{2,4}"),
                    "USER_ID_FOR_SRP": "$user",
                },
                "Session": SESSION,
            }
        ),
    ),
    Row(
        "aws-amplify/amplify-js#3066 wrong code",
        (SMS_POOL, password_sign_in(), code_sent_to("+12065550183"), wrong_code),
        answer_challenge("SMS_MFA", USERNAME="$user", SMS_MFA_CODE="$wrong_code"),
        MISMATCH,
    ),
)

# --- Passkeys

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

# --- Devices

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
                "Devices.0.DeviceCreateDate": Form("seconds", r"\d{10}(\.\d+)?"),
            }
        ),
    ),
)

# --- The rest, an operation after the other

GARBAGE = "A" * 40 + ".B.C"
MAILED_USER = (
    mails,
    pool(AutoVerifiedAttributes=["email"]),
    client(),
    confirmed("user", "pool", *MAIL),
)
FORGOT = call("ForgotPassword", {"ClientId": "$client", "Username": "$user"})
LATE_SIGN_UP = (
    mails,
    pool(AutoVerifiedAttributes=["email"]),
    client(),
    signed_up(("email", "jane-$user@g.example")),
    code_sent_to("jane-$user@g.example"),
)


def confirm(code: str = "$code") -> Call:
    """ConfirmSignUp."""
    return call(
        "ConfirmSignUp", {"ClientId": "$client", "Username": "$user", "ConfirmationCode": code}
    )


def confirm_forgot(code: str = "$code", password: str = CHANGED) -> Call:
    """ConfirmForgotPassword."""
    return call(
        "ConfirmForgotPassword",
        {
            "ClientId": "$client",
            "Username": "$user",
            "ConfirmationCode": code,
            "Password": password,
        },
    )


def sign_up_with(**members: Any) -> Call:
    """SignUp at the client with a secret."""
    return call(
        "SignUp", {"ClientId": "$private", "Username": "$user", "Password": PASSWORD, **members}
    )


SECRET = (pool(), client("private", GenerateSecret=True), name())
POLICY = "Password did not conform with policy: "

OPERATIONS = (
    Row(
        "aws/aws-sdk-cpp#1789 headers",
        (PLAIN, name()),
        password_sign_in(),
        (
            UNKNOWN_USER,
            header("Content-Type", "application/x-amz-json-1.1"),
            header("x-amzn-RequestId", UUID),
            header("x-amzn-ErrorType", "UserNotFoundException:"),
            header("x-amzn-ErrorMessage", "User does not exist."),
        ),
    ),
    Row(
        "amazon-archives/aws-cognito-angular-quickstart#137 garbage",
        PLAIN,
        get_user(GARBAGE),
        denied("Invalid Access Token"),
    ),
    Row(
        "client logs/access token expired",
        (SIGNED_IN, wait(3_601)),
        get_user(),
        denied("Access Token has expired"),
    ),
    Row(
        "client logs/refresh token expired",
        (SIGNED_IN, wait(30 * 86_400 + 1)),
        refresh(),
        denied("Refresh Token has expired"),
    ),
    Row(
        "client logs/sign-up without the secret",
        SECRET,
        sign_up_with(),
        denied("Client $private is configured for secret but secret was not received"),
    ),
    Row(
        "ArranJacques/laravel-aws-cognito-auth#26 sign-up with a wrong hash",
        SECRET,
        sign_up_with(SecretHash="invalid"),
        denied("Unable to verify secret hash for client $private"),
    ),
    Row(
        "anomalyco/guide#216 short password",
        (PLAIN, name()),
        call("SignUp", {"ClientId": "$client", "Username": "$user", "Password": "short"}),
        refused("InvalidPasswordException", POLICY + "Password not long enough"),
    ),
    *(
        Row(
            f"client logs/password without {word}",
            (PLAIN, name()),
            call("SignUp", {"ClientId": "$client", "Username": "$user", "Password": password}),
            refused("InvalidPasswordException", f"{POLICY}Password must have {word} characters"),
        )
        for word, password in (
            ("uppercase", "recorded-1-password"),
            ("lowercase", "RECORDED-1-PASSWORD"),
            ("numeric", "Recorded-one-password"),
            ("symbol", "Recorded1password"),
        )
    ),
    Row(
        "data-dot-all/dataall#690 temporary password without a digit",
        (PLAIN, name()),
        admin(
            "AdminCreateUser",
            MessageAction="SUPPRESS",
            TemporaryPassword="Recorded-one-password",
        ),
        refused(
            "InvalidPasswordException",
            "Password did not conform with password policy: Password must have numeric characters",
        ),
    ),
    Row(
        "pmill/aws-cognito#37 sign-up not permitted",
        (
            pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True}),
            client(),
            name(),
        ),
        sign_up(),
        denied("SignUp is not permitted for this user pool"),
    ),
    Row("client logs/confirmation", LATE_SIGN_UP, confirm(), NOTHING),
    Row(
        "awslabs/aws-sdk-ios-samples#144 code expired",
        (LATE_SIGN_UP, wait(86_401)),
        confirm(),
        refused("ExpiredCodeException", "Invalid code provided, please request a code again."),
    ),
    Row(
        "furaiev/amazon-cognito-identity-dart-2#80 confirmed already",
        (LATE_SIGN_UP, admin("AdminConfirmSignUp")),
        confirm(),
        denied("User cannot be confirmed. Current status is CONFIRMED"),
    ),
    Row(
        "client logs/resend for a confirmed user",
        MAILED_USER,
        call("ResendConfirmationCode", {"ClientId": "$client", "Username": "$user"}),
        invalid("User is already confirmed."),
    ),
    Row(
        "MOTO/forgot-password",
        MAILED_USER,
        FORGOT,
        answered(
            {
                "CodeDeliveryDetails": {
                    "AttributeName": "email",
                    "DeliveryMedium": "EMAIL",
                    "Destination": "j***@g***",
                }
            }
        ),
    ),
    Row(
        "aws/aws-sdk-js-v3#7101 no verified address",
        (PLAIN, confirmed()),
        FORGOT,
        invalid(
            "Cannot reset password for the user as there is no registered/verified email "
            "or phone_number"
        ),
    ),
    Row(
        "aws-amplify/amplify-flutter#3048 never signed in",
        (mails, PLAIN, invited("user", "pool", *MAIL)),
        FORGOT,
        denied("User password cannot be reset in the current state."),
    ),
    Row(
        "amazon-cognito-identity-js#373 disabled",
        (MAILED_USER, admin("AdminDisableUser")),
        FORGOT,
        DISABLED,
    ),
    Row(
        "aws-amplify/amplify-js#8013 too often",
        (MAILED_USER, *[attempt(FORGOT)] * 20),
        FORGOT,
        refused("LimitExceededException", "Attempt limit exceeded, please try after some time."),
    ),
    Row(
        "net-extensions-cognito#137 wrong reset code",
        (MAILED_USER, FORGOT, code_sent_to("jane-$user@g.example"), wrong_code),
        confirm_forgot("$wrong_code"),
        refused("CodeMismatchException", "Invalid verification code provided, please try again."),
    ),
    Row(
        "awslabs/aws-sdk-ios-samples#144 no reset code",
        MAILED_USER,
        confirm_forgot("123456"),
        refused("ExpiredCodeException", "Invalid code provided, please request a code again."),
    ),
    Row(
        "client logs/wrong previous password",
        SIGNED_IN,
        call(
            "ChangePassword",
            {
                "AccessToken": "$access",
                "PreviousPassword": "Wrong-1-password",
                "ProposedPassword": CHANGED,
            },
        ),
        WRONG,
    ),
    Row(
        "ministack/no previous password",
        SIGNED_IN,
        call("ChangePassword", {"AccessToken": "$access", "ProposedPassword": CHANGED}),
        invalid("Missing required parameter OldPassword"),
    ),
    Row(
        "quirenote/revoke a token that never was",
        PLAIN,
        revoke("never-issued"),
        NOTHING,
    ),
    Row(
        "MOTO/username-attribute-pool",
        (
            pool(UsernameAttributes=["email"]),
            client(),
            name(),
            lambda scene: scene.names.update(user=f"{scene['user']}@g.example"),
            sign_up(),
            admin("AdminConfirmSignUp"),
        ),
        password_sign_in(),
        holds(
            "username and cognito:username are the sub",
            lambda scene: (
                {
                    claims_of(scene["access"])["username"],
                    claims_of(scene["id"])["cognito:username"],
                }
                == {scene["sub"]}
            ),
        ),
    ),
    Row(
        "aws-amplify/amplify-js#5623 no triggers",
        (pool(), client("custom", ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH"]), confirmed()),
        call(
            "InitiateAuth",
            {
                "ClientId": "$custom",
                "AuthFlow": "CUSTOM_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
            },
        ),
        invalid("Custom auth lambda trigger is not configured for the user pool."),
    ),
    Row(
        "aws-samples/aws-serverless-workshops#277 custom flow off",
        (PLAIN, confirmed()),
        call(
            "InitiateAuth",
            {
                "ClientId": "$client",
                "AuthFlow": "CUSTOM_AUTH",
                "AuthParameters": {"USERNAME": "$user"},
            },
        ),
        invalid("CUSTOM_AUTH is not enabled for the client."),
    ),
)

ROWS: tuple[Row, ...] = (
    *FIRST_FACTORS,
    *AUTOMATIC_LOGIN,
    *PASSWORDS,
    *NEW_PASSWORDS,
    *MFA_SETTINGS,
    *SECOND_FACTORS,
    *TEXTS,
    *PASSKEY_ROWS,
    *DEVICES,
    *OPERATIONS,
)
