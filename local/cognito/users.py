"""Users as the control operations see them."""

import re
from typing import Any

from local.cognito import (
    paging,
    passwords,
    revocation,
    schema,
)
from local.cognito.errors import invalid_parameter, not_authorized
from local.cognito.lookup import pool_by_id, signs_in_elsewhere, user_by_name
from local.cognito.records import (
    AuthEvent,
    Code,
    Device,
    Passkey,
    Pool,
    User,
)
from local.cognito.server import Call, Json


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
    check_has_password(user)
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


def check_has_password(user: User) -> None:
    """Refuse to give a password to who signs in at another provider; the sentence is not known."""
    if signs_in_elsewhere(user):
        raise invalid_parameter("User is federated and has no password in this pool.")


OPERATIONS = {
    "AdminConfirmSignUp": admin_confirm_sign_up,
    "AdminDeleteUser": admin_delete_user,
    "AdminDisableUser": admin_disable_user,
    "AdminEnableUser": admin_enable_user,
    "AdminGetUser": admin_get_user,
    "AdminSetUserPassword": admin_set_user_password,
    "AdminUserGlobalSignOut": admin_user_global_sign_out,
    "ListUsers": list_users,
}
