"""New passwords for old or forgotten ones."""

from local.cognito import codes, lockout, migration, passwords, settings, tokens, users
from local.cognito.errors import invalid_parameter, not_authorized
from local.cognito.lookup import pool_by_id, user_by_name
from local.cognito.records import Pool, User
from local.cognito.server import Call, Json
from local.cognito.sign_up import combination_not_found, named

# The second factor that is sent to an address, which then resets no password.
SECOND_FACTORS = {"email": "EMAIL_OTP", "phone_number": "SMS_MFA"}


def change_password(call: Call) -> Json:
    """Replace the password of the user who is signed in, or set the first one."""
    signed_in = tokens.authorized(call)
    pool, user = signed_in.pool, signed_in.user
    users.check_has_password(user)
    previous = call.input.get("PreviousPassword")
    if user.password is not None:
        if previous is None:
            raise invalid_parameter("Missing required parameter OldPassword")
        lockout.check(call, pool, user.username, "password change")
        if not passwords.is_right(pool, user, previous):
            lockout.failed(call, pool, user.username, "password change")
            raise not_authorized("Incorrect username or password.")
        lockout.succeeded(call, pool, user.username, "password change")
    proposed = call.input["ProposedPassword"]
    passwords.check_policy(pool, user, proposed)
    passwords.set_password(call, pool, user, proposed)
    call.store.save(user)
    return {}


def forgot_password(call: Call) -> Json:
    """Send a code to a verified address."""
    client, pool, user = named(call)
    name = call.input["Username"]
    user = user or migration.at_forgot_password(call, pool, client, name)
    username = user.username if user else name
    lockout.count_reset(call, pool, username)
    hidden = settings.hides_users(client)
    if hidden and (user is None or not user.enabled or not _ways(pool, user)):
        return {"CodeDeliveryDetails": codes.pretend(call, pool, username, "reset", name)}
    if user is None:
        raise combination_not_found()
    return {"CodeDeliveryDetails": _send_code(call, pool, user)}


def confirm_forgot_password(call: Call) -> Json:
    """Set a new password by the code."""
    client, pool, user = named(call)
    username = user.username if user else call.input["Username"]
    lockout.count_reset(call, pool, username)
    given = call.input["ConfirmationCode"]
    if user is None or not user.enabled:
        if settings.hides_users(client):
            codes.right(call, pool, username, "reset", given)
            raise codes.mismatch()
        raise combination_not_found() if user is None else not_authorized("User is disabled.")
    code = codes.right(call, pool, username, "reset", given)
    password = call.input["Password"]
    passwords.check_policy(pool, user, password)
    passwords.set_password(call, pool, user, password)
    user.status = "CONFIRMED"
    call.store.delete(code)
    call.store.save(user)
    lockout.succeeded(call, pool, user.username, "password")
    return {}


def admin_reset_user_password(call: Call) -> Json:
    """Make a password useless until the user sets a new one by the code that is sent."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    user = user_by_name(call.server, pool, call.input["Username"])
    _send_code(call, pool, user)
    user.status = "RESET_REQUIRED"
    user.modified = call.now()
    call.store.save(user)
    return {}


def _send_code(call: Call, pool: Pool, user: User) -> Json:
    """Send a code to the first address that may reset the password, or refuse."""
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if user.status in ("FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"):
        raise not_authorized("User password cannot be reset in the current state.")
    if not settings.recovery_attributes(pool):
        raise not_authorized("Contact administrator to reset password.")
    ways = _ways(pool, user)
    if not ways:
        raise invalid_parameter(
            "Cannot reset password for the user as there is no registered/verified email or"
            " phone_number"
        )
    return codes.send(call, pool, user, "reset", ways[0], user.attributes[ways[0]])


def _ways(pool: Pool, user: User) -> list[str]:
    """Return the verified addresses that may reset the password, the first choice first.

    An address that gets the user's second factor may not: it would become the only factor.
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
    """
    return [
        attribute
        for attribute in settings.recovery_attributes(pool)
        if user.attributes.get(attribute)
        and user.attributes.get(f"{attribute}_verified") == "true"
        and SECOND_FACTORS[attribute] not in user.mfa_enabled
    ]


OPERATIONS = {
    "AdminResetUserPassword": admin_reset_user_password,
    "ChangePassword": change_password,
    "ConfirmForgotPassword": confirm_forgot_password,
    "ForgotPassword": forgot_password,
}
