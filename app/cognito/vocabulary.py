"""Cognito's names that more than one part of the API has to know."""

# Challenge -> the name under which Cognito takes a plain answer; None where there is none.
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

# Without this scope an access token is good for none of Cognito's operations on its user.
ADMIN_SCOPE = "aws.cognito.signin.user.admin"
SCOPES = ("openid", "email", "profile", ADMIN_SCOPE)  # what OAuth asks for at Google login
