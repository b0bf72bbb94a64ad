"""Finding what a call names: its pool, its app client, its user."""

import base64
import hmac

from local.cognito.errors import Refused, not_authorized, not_there
from local.cognito.records import Client, Pool, User
from local.cognito.server import Server

USERNAME_ATTRIBUTES = ("email", "phone_number")


def pool_by_id(server: Server, pool_id: str) -> Pool:
    """Return the pool, or refuse."""
    pool = server.store.get(Pool, pool_id)
    if pool is None:
        raise not_there(f"User pool {pool_id} does not exist.")
    return pool


def client_by_id(server: Server, client_id: str) -> tuple[Client, Pool]:
    """Return the app client that a public operation names, and its pool, or refuse."""
    client = server.store.get(Client, client_id)
    if client is None:
        raise not_there(f"User pool client {client_id} does not exist.")
    return client, pool_by_id(server, client.pool_id)


def secret_hash(client: Client, name: str) -> str:
    """Return base64(HMAC-SHA256(client secret, user name + client id))."""
    digest = hmac.digest((client.secret or "").encode(), (name + client.id).encode(), "sha256")
    return base64.b64encode(digest).decode()


def check_secret_hash(client: Client, given: str | None, *names: str, parameter: str) -> None:
    """Refuse unless `given` is the client's hash over one of the names that the user may go by.

    `parameter` is what the operation's sentence calls the hash: "SECRET_HASH" in AuthParameters
    and ChallengeResponses, "secret" where it is the member SecretHash. A client without a secret
    takes no hash; what AWS says of one that is sent all the same is not known: it is ignored.
    """
    if client.secret is None:
        return
    if given is None:
        preposition = "with" if parameter == "SECRET_HASH" else "for"
        raise not_authorized(
            f"Client {client.id} is configured {preposition} secret"
            f" but {parameter} was not received"
        )
    if not any(
        hmac.compare_digest(secret_hash(client, name).encode(), given.encode()) for name in names
    ):
        raise not_authorized(f"Unable to verify secret hash for client {client.id}")


def is_case_sensitive(pool: Pool) -> bool:
    """Tell whether two spellings of a name are two users; AWS's default is yes."""
    return bool(pool.settings.get("UsernameConfiguration", {}).get("CaseSensitive", True))


def find_user(server: Server, pool: Pool, name: str) -> User | None:
    """Return the user who may sign in by this name: user name, email, phone number or alias.

    An attribute of UsernameAttributes counts whether verified or not, an alias only once it is
    verified (preferred_username needs no verification).
    """
    user = server.store.get(User, f"{pool.id}/{name}")
    if user is not None:
        return user
    if not is_case_sensitive(pool):
        name = name.casefold()
    for user in server.store.all(User, pool.id):
        if name in _names(pool, user):
            return user
    return None


def signs_in_elsewhere(user: User) -> bool:
    """Tell whether another provider signs the user in, whose addresses are no names here.

    A user who signed up with the same address is another one.
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation-consolidate-users.html
    """
    return user.status == "EXTERNAL_PROVIDER"


def _names(pool: Pool, user: User) -> set[str]:
    names = {user.username}
    if signs_in_elsewhere(user):
        return names if is_case_sensitive(pool) else {user.username.casefold()}
    for attribute in pool.settings.get("UsernameAttributes", []):
        names.add(user.attributes.get(attribute, ""))
    for attribute in pool.settings.get("AliasAttributes", []):
        verified = user.attributes.get(f"{attribute}_verified") == "true"
        if verified or attribute == "preferred_username":
            names.add(user.attributes.get(attribute, ""))
    names.discard("")
    return names if is_case_sensitive(pool) else {name.casefold() for name in names}


def user_by_name(server: Server, pool: Pool, name: str) -> User:
    """Return the user that a control operation names, or refuse."""
    user = find_user(server, pool, name)
    if user is None:
        raise Refused("UserNotFoundException", "User does not exist.")
    return user
