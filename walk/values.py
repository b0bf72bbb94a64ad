"""The shell variables that stand for secrets and long values in the command lines."""

from walk.curl import JsonVar, Var

# The user's passwords, in the order in which they are set.
PASSWORD, NEW_PASSWORD, RESET_PASSWORD = (
    Var("PASSWORD"),
    Var("NEW_PASSWORD"),
    Var("RESET_PASSWORD"),
)
CODE, APP_CODE, APP_SECRET = Var("CODE"), Var("APP_CODE"), Var("APP_SECRET")
ACCESS_TOKEN, ID_TOKEN = Var("ACCESS_TOKEN"), Var("ID_TOKEN")
REFRESH_TOKEN, OLD_REFRESH_TOKEN = Var("REFRESH_TOKEN"), Var("OLD_REFRESH_TOKEN")
REFRESH_COOKIE, OLD_REFRESH_COOKIE = Var("REFRESH_COOKIE"), Var("OLD_REFRESH_COOKIE")
SESSION = Var("SESSION")
# SRP, of the user and of a device.
SRP_A, SECRET_BLOCK, TIMESTAMP, PROOF = (
    Var("SRP_A"),
    Var("SECRET_BLOCK"),
    Var("TIMESTAMP"),
    Var("PROOF"),
)
VERIFIER, SALT = Var("VERIFIER"), Var("SALT")
# The credential of an authenticator: as JSON, and as JSON in a string.
CREDENTIAL, CREDENTIAL_TEXT = JsonVar("CREDENTIAL"), JsonVar("CREDENTIAL_TEXT")
FEEDBACK_TOKEN = Var("FEEDBACK_TOKEN")
# Hosted logins.
LOGIN_COOKIE, LOGIN_CODE, LOGIN_STATE = Var("LOGIN_COOKIE"), Var("LOGIN_CODE"), Var("LOGIN_STATE")
CODE_VERIFIER, GUEST_TOKEN = Var("CODE_VERIFIER"), Var("GUEST_TOKEN")

# The variable that keeps the newest value of a member of answers.
MEMBERS = {
    "access_token": ACCESS_TOKEN,
    "id_token": ID_TOKEN,
    "refresh_token": REFRESH_TOKEN,
    "session": SESSION,
    "secret": APP_SECRET,
}
