"""The user migration trigger: a user of another directory moves in.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html
"""

from local.cognito import new_users, passwords, schema, triggers
from local.cognito.records import Client, Pool, User
from local.cognito.server import Call, Json


def at_sign_in(call: Call, pool: Pool, client: Client, name: str, password: str) -> User | None:
    """Return the user that the trigger knows by this name and password, now one of the pool's."""
    return _migrated(call, pool, client, name, "UserMigration_Authentication", password)


def at_forgot_password(call: Call, pool: Pool, client: Client, name: str) -> User | None:
    """Return the user that the trigger knows by this name, now one of the pool's."""
    return _migrated(call, pool, client, name, "UserMigration_ForgotPassword", None)


def _migrated(
    call: Call, pool: Pool, client: Client, name: str, source: str, password: str | None
) -> User | None:
    if not triggers.has(pool, "UserMigration"):
        return None
    request: Json = {"validationData": {}, "clientMetadata": call.input.get("ClientMetadata", {})}
    if password is not None:
        request["password"] = password
    response = triggers.run(
        call,
        pool,
        client,
        name,
        source,
        request,
        {"userAttributes": None, "finalUserStatus": None, "messageAction": None},
    )
    attributes = triggers.texts(response, "userAttributes")
    if not attributes:
        return None
    name = attributes.pop("username", name)
    schema.check_new(pool, attributes)
    user = new_users.new_user(call, pool, name, attributes, taken="User account already exists")
    if password is not None:
        passwords.set_password(call, pool, user, password)
    is_final = response.get("finalUserStatus") == "CONFIRMED"
    user.status = "CONFIRMED" if is_final else "RESET_REQUIRED"
    call.store.save(user)
    return user
