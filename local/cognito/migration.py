"""The user migration trigger: a user of another directory moves in with the first sign-in.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html
"""

from local.cognito import passwords, triggers, users
from local.cognito.records import Client, Pool, User
from local.cognito.server import Call


def at_sign_in(call: Call, pool: Pool, client: Client, name: str, password: str) -> User | None:
    """Return the user that the trigger knows by this name and password, now one of the pool's."""
    if not triggers.has(pool, "UserMigration"):
        return None
    response = triggers.run(
        call,
        pool,
        client,
        name,
        "UserMigration_Authentication",
        {
            "password": password,
            "validationData": {},
            "clientMetadata": call.input.get("ClientMetadata", {}),
        },
        {"userAttributes": None, "finalUserStatus": None, "messageAction": None},
    )
    attributes = response.get("userAttributes")
    if not attributes:
        return None
    name = attributes.pop("username", name)
    user = users.new_user(call, pool, name, attributes, taken="User account already exists")
    passwords.set_password(call, pool, user, password)
    is_final = response.get("finalUserStatus") == "CONFIRMED"
    user.status = "CONFIRMED" if is_final else "RESET_REQUIRED"
    call.store.save(user)
    return user
