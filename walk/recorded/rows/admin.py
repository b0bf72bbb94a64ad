"""Users made and changed by an administrator."""

from typing import Any

from walk.recorded.expect import (
    NOTHING,
    SECONDS,
    UUID,
    answered,
    attributes,
    empty,
    holds,
    modified,
    refused,
)
from walk.recorded.given import (
    TEMPORARY,
    admin,
    attempt,
    client,
    confirmed,
    invited,
    new_name,
    pool,
    set_password,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import UNKNOWN_USER
from walk.recorded.scene import Call, call

POOL = pool()
INVITED = (POOL, invited())
CONFIRMED = (POOL, client(), confirmed())


def create(password: str = TEMPORARY, of: str = "pool", **members: Any) -> Call:
    """AdminCreateUser without a mail."""
    return call(
        "AdminCreateUser",
        {
            "UserPoolId": f"${of}",
            "Username": "$user",
            "TemporaryPassword": password,
            "MessageAction": "SUPPRESS",
            **members,
        },
        keep={"sub": "User.Attributes.0.Value"},
    )


def user(*pairs: tuple[str, Any], status: str = "FORCE_CHANGE_PASSWORD") -> dict[str, Any]:
    """Return a user as AdminCreateUser and ListUsers show it; sub comes last."""
    return {
        "Attributes": attributes(*pairs, ("sub", UUID)),
        "Enabled": True,
        "UserCreateDate": SECONDS,
        "UserLastModifiedDate": SECONDS,
        "UserStatus": status,
        "Username": "$user",
    }


def shown(status: str, enabled: bool = True) -> dict[str, Any]:
    """Return a user as AdminGetUser shows it."""
    members = {**user(status=status), "Enabled": enabled}
    members["UserAttributes"] = members.pop("Attributes")
    return members


POLICY = "Password does not conform to policy: Password not long enough"

DATES = ("UserCreateDate", "UserLastModifiedDate")

ROWS = (
    Row(
        "LOG/create-user-suppress",
        (POOL, new_name()),
        create(),
        (
            answered({"User": user()}),
            modified("User.UserCreateDate", "User.UserLastModifiedDate", later=False),
        ),
    ),
    Row(
        "CAC/client-access-create-user",
        (POOL, new_name()),
        create(UserAttributes=attributes(("email", "reader@example.com"))),
        answered({"User": user(("email", "reader@example.com"))}),
    ),
    Row(
        "LOG/weak-temporary-password",
        (POOL, new_name()),
        create("short"),
        refused(
            "InvalidPasswordException",
            "Password did not conform with password policy: Password not long enough",
        ),
    ),
    Row(
        "LOG/get-user-after-weak-temporary-password",
        (POOL, new_name(), attempt(create("short"))),
        admin("AdminGetUser"),
        UNKNOWN_USER,
    ),
    Row(
        "LOG/duplicate-user",
        INVITED,
        create(),
        refused("UsernameExistsException", "User account already exists"),
    ),
    Row(
        "LOG/create-same-username-other-pool",
        (
            POOL,
            new_name(),
            create(),
            lambda scene: scene.names.update(sub_before=scene["sub"]),
            pool("other_pool", PoolName="other"),
        ),
        create(of="other_pool"),
        (
            answered({"User": user()}),
            holds("sub is another", lambda scene: scene["sub"] != scene["sub_before"]),
        ),
    ),
    Row(
        "LOG/weak-admin-set-password",
        INVITED,
        set_password("short"),
        refused("InvalidPasswordException", POLICY),
    ),
    Row("LOG/admin-set-password", INVITED, set_password(), NOTHING),
    Row("CRED/credentials-temporary-reset", CONFIRMED, set_password(TEMPORARY, False), NOTHING),
    Row(
        "CRED/credentials-describe-temporary-status",
        (CONFIRMED, wait(1), set_password(TEMPORARY, False)),
        admin("AdminGetUser"),
        (answered(shown("FORCE_CHANGE_PASSWORD")), modified(*DATES)),
    ),
    Row(
        "LOG/get-user-force-change",
        INVITED,
        admin("AdminGetUser"),
        answered(shown("FORCE_CHANGE_PASSWORD")),
    ),
    Row(
        "LOG/describe-disabled-user",
        (CONFIRMED, wait(1), admin("AdminDisableUser")),
        admin("AdminGetUser"),
        (answered(shown("CONFIRMED", enabled=False)), modified(*DATES)),
    ),
    Row(
        "LOG/describe-deleted-user",
        (CONFIRMED, admin("AdminDeleteUser")),
        admin("AdminGetUser"),
        UNKNOWN_USER,
    ),
    Row(
        "LOG/list-users-force-change",
        (pool(fresh=True), invited()),
        call("ListUsers", {"UserPoolId": "$pool", "Limit": 60}),
        answered({"Users": [user()]}),
    ),
    Row("LOG/disable-user", CONFIRMED, admin("AdminDisableUser"), NOTHING),
    Row(
        "LOG/enable-user", (CONFIRMED, admin("AdminDisableUser")), admin("AdminEnableUser"), NOTHING
    ),
    Row("LOG/delete-user", CONFIRMED, admin("AdminDeleteUser"), empty),
)
