"""Users whom an administrator creates, and the invitation that they get."""

import secrets
import string

from local.cognito import aliases, messages, new_users, passwords, schema, settings
from local.cognito.errors import Refused
from local.cognito.lookup import pool_by_id, user_by_name
from local.cognito.records import Pool, User
from local.cognito.server import Call, Json
from local.cognito.users import described


def admin_create_user(call: Call) -> Json:
    """Create a user with a temporary password and send an invitation, or send it again."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    name = call.input["Username"]
    if call.input.get("MessageAction") == "RESEND":
        return _invite_again(call, pool, user_by_name(call.server, pool, name))
    attributes = schema.as_dict(call.input.get("UserAttributes", []))
    schema.check_not_fixed(attributes, ["sub"])
    schema.check_new(pool, attributes)
    user = new_users.new_user(call, pool, name, attributes, taken="User account already exists")
    _make_aliases_free(call, pool, user)
    password = call.input.get("TemporaryPassword")
    if password is not None:
        passwords.check_policy(pool, user, password, passwords.AT_INVITATION)
    elif not _signs_in_without_password(pool, user):
        password = new_password(pool)
    if password is None:
        user.status = "CONFIRMED"
    else:
        user.status = "FORCE_CHANGE_PASSWORD"
        passwords.set_password(call, pool, user, password)
    new_users.let_trigger_decide(call, pool, None, user, name, "PreSignUp_AdminCreateUser")
    user.modified = user.created  # the two were recorded as equal
    call.store.save(user)
    if call.input.get("MessageAction") != "SUPPRESS":
        _invite(call, pool, user, password)
    return {"User": described(user)}


def new_password(pool: Pool) -> str:
    """Return a random password that any policy takes."""
    length = max(12, passwords.policy(pool)["MinimumLength"])
    text = "".join(secrets.choice(string.ascii_letters) for _ in range(length - 4))
    return f"{text}aA1!"


def _signs_in_without_password(pool: Pool, user: User) -> bool:
    """Tell whether the pool sends first-factor codes to an address that this user has."""
    ways = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
    return any(ways.get(factor) in user.attributes for factor in settings.first_factors(pool))


def _make_aliases_free(call: Call, pool: Pool, user: User) -> None:
    """Refuse another user's alias, or take it from them with ForceAliasCreation."""
    if call.input.get("ForceAliasCreation"):
        new_users.take_aliases(call, pool, user)
    aliases.check_free(call.server, pool, None, user.attributes)


def _invite_again(call: Call, pool: Pool, user: User) -> Json:
    if user.status != "FORCE_CHANGE_PASSWORD":
        raise Refused(
            "UnsupportedUserStateException",
            f"Resend not possible. {user.username} status is not FORCE_CHANGE_PASSWORD",
        )
    password = call.input.get("TemporaryPassword") or new_password(pool)
    passwords.check_policy(pool, user, password, passwords.AT_INVITATION)
    passwords.set_password(call, pool, user, password)
    call.store.save(user)
    _invite(call, pool, user, password)
    return {"User": described(user)}


def _invite(call: Call, pool: Pool, user: User, password: str | None) -> None:
    """Send the invitation to the addresses asked for, or to the one that the user has."""
    template = pool.settings["AdminCreateUserConfig"].get("InviteMessageTemplate", {})
    name = _name_to_sign_in_with(pool, user)
    standard = "Your username is {username} and temporary password is {####}."
    if password is None:
        standard = "Your username is {username}. You sign in with codes that are sent to you."
    given = call.input.get("DesiredDeliveryMediums", [])
    mediums: list[tuple[messages.Medium, str, str]] = [
        ("EMAIL", "email", template.get("EmailMessage", standard)),
        ("SMS", "phone_number", template.get("SMSMessage", standard)),
    ]
    for medium, attribute, text in mediums:
        to = user.attributes.get(attribute)
        if not to or (given and medium not in given):
            continue
        body = text.replace("{username}", name).replace("{####}", password or "")
        subject = template.get("EmailSubject", "Your temporary password")
        messages.send(call, pool, medium, to, subject, body)
        if not given:
            return


def _name_to_sign_in_with(pool: Pool, user: User) -> str:
    for attribute in pool.settings.get("UsernameAttributes", []):
        if attribute in user.attributes:
            return user.attributes[attribute]
    return user.username


OPERATIONS = {"AdminCreateUser": admin_create_user}
