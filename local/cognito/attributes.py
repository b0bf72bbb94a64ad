"""Users' attributes: reading, changing, deleting and verifying them."""

from local.cognito import aliases, codes, schema, settings, tokens, users
from local.cognito.errors import invalid_parameter
from local.cognito.lookup import pool_by_id, user_by_name
from local.cognito.records import Code, Pool, User
from local.cognito.server import Call, Json


def get_user(call: Call) -> Json:
    """Return the user who is signed in, with the attributes that the app client may read."""
    signed_in = tokens.authorized(call)
    user = signed_in.user
    readable = schema.readable(signed_in.pool, signed_in.client, user)
    return {
        "UserAttributes": schema.as_list(readable),
        "Username": user.username,
        **users.second_factors(user),
    }


def update_user_attributes(call: Call) -> Json:
    """Change attributes of the user who is signed in."""
    signed_in = tokens.authorized(call)
    changes = schema.as_dict(call.input["UserAttributes"])
    schema.check_writable(signed_in.client, changes)
    deliveries = _change(call, signed_in.pool, signed_in.user, changes)
    return {"CodeDeliveryDetailsList": deliveries or None}


def admin_update_user_attributes(call: Call) -> Json:
    """Change attributes of any user; the flags of verified addresses are among them."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    user = user_by_name(call.server, pool, call.input["Username"])
    changes = schema.as_dict(call.input["UserAttributes"])
    schema.check_not_fixed(changes, ["sub"])
    _change(call, pool, user, changes)
    return {}


def _change(call: Call, pool: Pool, user: User, changes: dict[str, str]) -> list[Json]:
    """Make changes that fit the schema; return CodeDeliveryDetails of the codes that are sent."""
    schema.check_changes(pool, changes)
    aliases.check_free(call.server, pool, user, {**user.attributes, **changes})
    deliveries = []
    for name, value in changes.items():
        verified = changes.get(f"{name}_verified") == "true"
        if name not in schema.VERIFIABLE or value == user.attributes.get(name):
            _set(user, name, value)
            continue
        _forget_codes(call, user, name)
        user.pending_attributes.pop(name, None)
        if value and not verified and name in settings.verified_before_update(pool):
            user.pending_attributes[name] = value
        else:
            _set(user, name, value)
            _set(user, f"{name}_verified", str(verified).lower() if value else "")
        if value and not verified and name in settings.sends_codes_to(pool):
            deliveries.append(codes.send(call, pool, user, f"verify:{name}", name, value))
    user.modified = call.now()
    call.store.save(user)
    return deliveries


def _set(user: User, name: str, value: str) -> None:
    if value:
        user.attributes[name] = value
    else:
        user.attributes.pop(name, None)


def _forget_codes(call: Call, user: User, attribute: str) -> None:
    """Let a code that was sent to an old address prove nothing about a new one."""
    for code in call.store.all(Code, user.key):
        if code.attribute == attribute:
            call.store.delete(code)


def delete_user_attributes(call: Call) -> Json:
    """Delete attributes of the user who is signed in."""
    signed_in = tokens.authorized(call)
    names = call.input["UserAttributeNames"]
    schema.check_writable(signed_in.client, names)
    _delete(call, signed_in.pool, signed_in.user, names)
    return {}


def admin_delete_user_attributes(call: Call) -> Json:
    """Delete attributes of any user."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    user = user_by_name(call.server, pool, call.input["Username"])
    names = call.input["UserAttributeNames"]
    schema.check_not_fixed(names)
    _delete(call, pool, user, names)
    return {}


def _delete(call: Call, pool: Pool, user: User, names: list[str]) -> None:
    schema.check_deletions(pool, names)
    for name in names:
        user.attributes.pop(name, None)
        if name in schema.VERIFIABLE:
            user.attributes.pop(f"{name}_verified", None)
            user.pending_attributes.pop(name, None)
            _forget_codes(call, user, name)
    user.modified = call.now()
    call.store.save(user)


def get_user_attribute_verification_code(call: Call) -> Json:
    """Send a code to an address of the signed-in user, or to the new one that is to be verified."""
    signed_in = tokens.authorized(call)
    user, name = signed_in.user, call.input["AttributeName"]
    to = user.pending_attributes.get(name) or user.attributes.get(name)
    # What AWS says in these two cases is not known.
    if name not in schema.VERIFIABLE:
        raise invalid_parameter("Only email and phone_number can be verified.")
    if not to:
        raise invalid_parameter(f"User has no attribute {name} to verify.")
    details = codes.send(call, signed_in.pool, user, f"verify:{name}", name, to)
    return {"CodeDeliveryDetails": details}


def verify_user_attribute(call: Call) -> Json:
    """Verify an address by the code; one that waited for that takes the old one's place."""
    signed_in = tokens.authorized(call)
    pool, user, name = signed_in.pool, signed_in.user, call.input["AttributeName"]
    code = codes.right(call, pool, user.username, f"verify:{name}", call.input["Code"])
    user.attributes[name] = user.pending_attributes.pop(name, user.attributes.get(name, ""))
    user.attributes[f"{name}_verified"] = "true"
    aliases.check_free(call.server, pool, user, user.attributes)
    user.modified = call.now()
    call.store.delete(code)
    call.store.save(user)
    return {}


def delete_user(call: Call) -> None:
    """Delete who is signed in."""
    users.remove(call, tokens.authorized(call).user)


OPERATIONS = {
    "AdminDeleteUserAttributes": admin_delete_user_attributes,
    "AdminUpdateUserAttributes": admin_update_user_attributes,
    "DeleteUser": delete_user,
    "DeleteUserAttributes": delete_user_attributes,
    "GetUser": get_user,
    "GetUserAttributeVerificationCode": get_user_attribute_verification_code,
    "UpdateUserAttributes": update_user_attributes,
    "VerifyUserAttribute": verify_user_attribute,
}
