"""Users as the control operations see them."""

import re
import secrets
import string
from typing import Any

from local.cognito import (
    aliases,
    messages,
    paging,
    passwords,
    revocation,
    schema,
    settings,
    triggers,
)
from local.cognito.errors import Refused, invalid_parameter, not_authorized
from local.cognito.lookup import find_user, pool_by_id, user_by_name
from local.cognito.records import (
    AuthEvent,
    Client,
    Code,
    Device,
    Passkey,
    Pool,
    User,
)
from local.cognito.server import Call, Json


def admin_create_user(call: Call) -> Json:
    """Create a user with a temporary password and send an invitation, or send it again."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    name = call.input["Username"]
    if call.input.get("MessageAction") == "RESEND":
        return _invite_again(call, pool, user_by_name(call.server, pool, name))
    attributes = schema.as_dict(call.input.get("UserAttributes", []))
    schema.check_not_fixed(attributes, ["sub"])
    schema.check_new(pool, attributes)
    user = new_user(call, pool, name, attributes, taken="User account already exists")
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
    let_trigger_decide(call, pool, None, user, name, "PreSignUp_AdminCreateUser")
    user.modified = user.created  # the two were recorded as equal
    call.store.save(user)
    if call.input.get("MessageAction") != "SUPPRESS":
        _invite(call, pool, user, password)
    return {"User": described(user)}


def new_user(call: Call, pool: Pool, name: str, attributes: dict[str, str], *, taken: str) -> User:
    """Return a new user, not yet saved; `taken` is the sentence if there is one of that name."""
    attribute = aliases.username_attribute(pool, name)
    if find_user(call.server, pool, name) is not None:
        raise Refused("UsernameExistsException", taken)
    sub = new_sub()
    if attribute is not None:
        attributes = {**attributes, attribute: name}
    now = call.now()
    return User(
        pool_id=pool.id,
        username=sub if attribute else name,
        sub=sub,
        status="UNCONFIRMED",
        created=now,
        modified=now,
        attributes=attributes,
    )


def let_trigger_decide(
    call: Call, pool: Pool, client: Client | None, user: User, name: str, source: str
) -> None:
    """Run the pre sign-up trigger, which may refuse, confirm, and verify addresses.

    `name` is what the user signs up with; `source` is the trigger's, as PreSignUp_SignUp. A user
    that an administrator creates is not confirmed by it.
    """
    if not triggers.has(pool, "PreSignUp"):
        return
    answered = triggers.run(
        call,
        pool,
        client,
        name,
        source,
        {
            "userAttributes": dict(user.attributes),
            "validationData": schema.as_dict(call.input.get("ValidationData", [])),
            "clientMetadata": call.input.get("ClientMetadata", {}),
        },
        {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False},
    )
    if answered.get("autoConfirmUser") and source != "PreSignUp_AdminCreateUser":
        user.status = "CONFIRMED"
    verified = {"email": "autoVerifyEmail", "phone_number": "autoVerifyPhone"}
    for attribute, answer in verified.items():
        if answered.get(answer) and attribute in user.attributes:
            user.attributes[f"{attribute}_verified"] = "true"


def new_sub() -> str:
    """Return an id in the form of those that us-east-1 gave out."""
    digits = list(secrets.token_hex(16))
    for place, digit in ((1, "4"), (3, "8"), (5, "4"), (7, "8"), (11, "1"), (12, "7"), (13, "0")):
        digits[place] = digit
    text = "".join(digits)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


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
        take_aliases(call, pool, user)
    aliases.check_free(call.server, pool, None, user.attributes)


def take_aliases(call: Call, pool: Pool, user: User) -> None:
    """Let other users' verified addresses that this user has verified, too, be unverified."""
    for attribute in schema.VERIFIABLE:
        value = user.attributes.get(attribute, "")
        if attribute not in pool.settings.get("AliasAttributes", []) or not value:
            continue
        verified = user.attributes.get(f"{attribute}_verified") == "true"
        other = aliases.holder(call.server, pool, user, attribute, value, verified=verified)
        if other is not None:
            other.attributes[f"{attribute}_verified"] = "false"
            call.store.save(other)


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


def admin_get_user(call: Call) -> Json:
    """Describe a user."""
    _, user = _named(call)
    answer = described(user)
    answer["UserAttributes"] = answer.pop("Attributes")
    return {**answer, **second_factors(user)}


def second_factors(user: User) -> Json:
    """Return what AdminGetUser and GetUser say of second factors, None for what is not set."""
    return {
        "MFAOptions": user.mfa_options or None,
        "PreferredMfaSetting": user.mfa_preferred,
        "UserMFASettingList": user.mfa_enabled or None,
    }


def admin_delete_user(call: Call) -> None:
    """Delete a user."""
    _, user = _named(call)
    remove(call, user)


def remove(call: Call, user: User) -> None:
    """Delete a user and what only this user has.

    The records of sign-ins stay: tokens that are still about are refused by them.
    """
    for kind in (Code, Device, Passkey, AuthEvent):
        for record in call.store.all(kind, user.key):
            call.store.delete(record)
    call.store.delete(user)


def admin_set_user_password(call: Call) -> Json:
    """Set a password, temporary unless Permanent says otherwise."""
    pool, user = _named(call)
    _check_local(user)
    password = call.input["Password"]
    passwords.check_policy(pool, user, password, passwords.AT_RESET)
    passwords.set_password(call, pool, user, password)
    user.status = "CONFIRMED" if call.input.get("Permanent") else "FORCE_CHANGE_PASSWORD"
    call.store.save(user)
    return {}


def admin_confirm_sign_up(call: Call) -> Json:
    """Confirm a user without a code; the addresses stay unverified."""
    _, user = _named(call)
    if user.status != "UNCONFIRMED":
        raise not_authorized(f"User cannot be confirmed. Current status is {user.status}")
    user.status = "CONFIRMED"
    user.modified = call.now()
    call.store.save(user)
    return {}


def admin_enable_user(call: Call) -> Json:
    """Let a user sign in again."""
    return _set_enabled(call, True)


def admin_disable_user(call: Call) -> Json:
    """Keep a user from signing in, and end the sign-ins that there are."""
    _, user = _named(call)
    revocation.sign_out(call.server, user, call.operation)
    return _set_enabled(call, False)


def admin_user_global_sign_out(call: Call) -> Json:
    """End all sign-ins of a user."""
    _, user = _named(call)
    revocation.sign_out(call.server, user, call.operation)
    return {}


def _set_enabled(call: Call, enabled: bool) -> Json:
    _, user = _named(call)
    user.enabled = enabled
    user.modified = call.now()
    call.store.save(user)
    return {}


def list_users(call: Call) -> Json:
    """List users, all or those that a filter selects."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    matches = _filter(call.input.get("Filter", ""))
    users = [user for user in call.store.all(User, pool.id) if matches(user)]
    shown, more = paging.page(
        users, call.input.get("Limit") or 60, call.input.get("PaginationToken")
    )
    names = call.input.get("AttributesToGet")
    answer = [described(user) for user in shown]
    if names is not None:
        for one in answer:
            one["Attributes"] = [item for item in one["Attributes"] if item["Name"] in names]
    return {"PaginationToken": more, "Users": answer}


def _filter(text: str) -> Any:
    """Return the test of ListUsers' Filter: `name = "value"`, or `name ^= "beginning"`.

    https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
    """
    if not text.strip():
        return lambda user: True
    parts = re.fullmatch(r'\s*([a-z_:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*', text)
    if parts is None or parts[1] not in FILTERABLE:
        raise invalid_parameter("Error while parsing filter.")
    name, sign, value = parts[1], parts[2], re.sub(r"\\(.)", r"\1", parts[3])

    def matches(user: User) -> bool:
        actual = _filtered_value(user, name)
        return actual.startswith(value) if sign == "^=" else actual == value

    return matches


FILTERABLE = {
    *("username", "email", "phone_number", "name", "given_name", "family_name"),
    *("preferred_username", "cognito:user_status", "status", "sub"),
}


def _filtered_value(user: User, name: str) -> str:
    match name:
        case "username":
            return user.username
        case "sub":
            return user.sub
        case "cognito:user_status":
            return user.status
        case "status":
            return "Enabled" if user.enabled else "Disabled"
        case _:
            return user.attributes.get(name, "")


def described(user: User) -> Json:
    """Return a user as AdminCreateUser and ListUsers have it."""
    return {
        "Attributes": schema.as_list(schema.all_of(user)),
        "Enabled": user.enabled,
        "UserCreateDate": user.created,
        "UserLastModifiedDate": user.modified,
        "UserStatus": user.status,
        "Username": user.username,
    }


def _named(call: Call) -> tuple[Pool, User]:
    """Return the pool and the user that a control operation names, or refuse."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    return pool, user_by_name(call.server, pool, call.input["Username"])


def _check_local(user: User) -> None:
    if user.status == "EXTERNAL_PROVIDER":
        raise invalid_parameter("User is federated and has no password in this pool.")


OPERATIONS = {
    "AdminConfirmSignUp": admin_confirm_sign_up,
    "AdminCreateUser": admin_create_user,
    "AdminDeleteUser": admin_delete_user,
    "AdminDisableUser": admin_disable_user,
    "AdminEnableUser": admin_enable_user,
    "AdminGetUser": admin_get_user,
    "AdminSetUserPassword": admin_set_user_password,
    "AdminUserGlobalSignOut": admin_user_global_sign_out,
    "ListUsers": list_users,
}
