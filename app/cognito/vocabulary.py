"""Names of Cognito's that several parts of the API use."""

# Challenge -> the challenge response that holds a plain `answer`. None: the challenge takes several
# responses, which the caller names.
CHALLENGES: dict[str, str | None] = {
    "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SMS_OTP": "SMS_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
    "SELECT_MFA_TYPE": "ANSWER",
    "MFA_SETUP": "ANSWER",
    "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "PASSWORD": "PASSWORD",
    "SELECT_CHALLENGE": "ANSWER",
    "WEB_AUTHN": "CREDENTIAL",
    "CUSTOM_CHALLENGE": "ANSWER",
    "PASSWORD_VERIFIER": None,
    "PASSWORD_SRP": None,
    "DEVICE_SRP_AUTH": None,
    "DEVICE_PASSWORD_VERIFIER": None,
}

# Cognito's operations on a user accept only access tokens with this scope.
ADMIN_SCOPE = "aws.cognito.signin.user.admin"
SCOPES = ("openid", "email", "profile", ADMIN_SCOPE)  # what a hosted login asks for
