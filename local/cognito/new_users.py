"""New users: their names, their subs, and the pre sign-up trigger."""

import secrets

from local.cognito import aliases, schema, triggers
from local.cognito.errors import Refused
from local.cognito.lookup import find_user
from local.cognito.records import Client, Pool, User
from local.cognito.server import Call


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


def new_sub(random: bytes | None = None) -> str:
    """Return an id, of 16 `random` bytes, in the form of those that us-east-1 gave out."""
    digits = list((random or secrets.token_bytes(16)).hex())
    for place, digit in ((1, "4"), (3, "8"), (5, "4"), (7, "8"), (11, "1"), (12, "7"), (13, "0")):
        digits[place] = digit
    text = "".join(digits)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


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
