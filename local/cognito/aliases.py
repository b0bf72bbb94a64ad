"""Names that a user may go by beside the user name, and that no two users may share."""

from local.cognito.errors import Refused, invalid_parameter
from local.cognito.lookup import is_case_sensitive, signs_in_elsewhere
from local.cognito.messages import EMAIL, PHONE
from local.cognito.records import Pool, User
from local.cognito.server import Server


def username_attribute(pool: Pool, name: str) -> str | None:
    """Return the attribute that a new user's name is, in pools with UsernameAttributes.

    Raises Refused where the name is none of them, or looks like an alias of the pool.
    """
    allowed = pool.settings.get("UsernameAttributes", [])
    kind = "email" if EMAIL.fullmatch(name) else "phone_number" if PHONE.fullmatch(name) else None
    if not allowed:
        _check_no_alias(pool, name)
        return None
    if kind in allowed:
        return kind
    if len(allowed) == 2:
        raise invalid_parameter("Username should be either an email or a phone number.")
    what = {"email": "an email", "phone_number": "a phone number"}[allowed[0]]
    raise invalid_parameter(f"Username should be {what}.")


def _check_no_alias(pool: Pool, name: str) -> None:
    """Refuse a user name, or a preferred one, that could be mistaken for an alias."""
    aliases = pool.settings.get("AliasAttributes", [])
    if "email" in aliases and EMAIL.fullmatch(name):
        raise invalid_parameter(
            "Username cannot be of email format, since user pool is configured for email alias."
        )
    if "phone_number" in aliases and PHONE.fullmatch(name):
        raise invalid_parameter(
            "Username cannot be of phone number format, since user pool is configured for phone"
            " number alias."
        )


def check_free(server: Server, pool: Pool, user: User | None, attributes: dict[str, str]) -> None:
    """Refuse attributes by which this user would answer to another user's name.

    `user` is who will have the attributes, None for a new one.
    """
    aliases = pool.settings.get("AliasAttributes", [])
    if "preferred_username" in aliases and attributes.get("preferred_username"):
        name = attributes["preferred_username"]
        _check_no_alias(pool, name)
        for other in server.store.all(User, pool.id):
            if _is_another(other, user) and (
                same(pool, other.username, name)
                or same(pool, other.attributes.get("preferred_username", ""), name)
            ):
                raise Refused("AliasExistsException", "User account already exists for the alias.")
    for attribute in ("email", "phone_number"):
        value = attributes.get(attribute)
        if not value:
            continue
        verified = attributes.get(f"{attribute}_verified") == "true"
        if holder(server, pool, user, attribute, value, verified=verified):
            raise taken(attribute)


def holder(
    server: Server, pool: Pool, user: User | None, attribute: str, value: str, *, verified: bool
) -> User | None:
    """Return another user who signs in by this address.

    An address of UsernameAttributes has one user, verified or not; an alias has one user who
    verified it, so an unverified value (`verified` False) is never in anybody's way.
    """
    is_name = attribute in pool.settings.get("UsernameAttributes", [])
    is_alias = attribute in pool.settings.get("AliasAttributes", [])
    if not is_name and not (is_alias and verified):
        return None
    if user is not None and signs_in_elsewhere(user):
        return None
    for other in server.store.all(User, pool.id):
        if signs_in_elsewhere(other):
            continue
        holds = is_name or other.attributes.get(f"{attribute}_verified") == "true"
        value_of_other = other.attributes.get(attribute, "")
        if holds and _is_another(other, user) and same(pool, value_of_other, value):
            return other
    return None


def note_reached(server: Server, pool: Pool, user: User, attribute: str, address: str) -> None:
    """Let an address to which a code went count as verified; the caller saves the user.

    It does not if the user has another one by now, or if another user signs in by it.
    """
    is_theirs = user.attributes.get(attribute) == address
    if is_theirs and holder(server, pool, user, attribute, address, verified=True) is None:
        user.attributes[f"{attribute}_verified"] = "true"


def taken(attribute: str) -> Refused:
    """Return the refusal of an address that another user signs in by."""
    return Refused("AliasExistsException", f"An account with the {attribute} already exists.")


def same(pool: Pool, one: str, other: str) -> bool:
    """Compare two names, with the case sensitivity of the pool."""
    return one == other if is_case_sensitive(pool) else one.casefold() == other.casefold()


def _is_another(other: User, user: User | None) -> bool:
    return user is None or other.username != user.username
