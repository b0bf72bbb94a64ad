"""Groups, and the two validation errors that were recorded with them."""

from typing import Any

from walk.recorded.expect import SECONDS, answered, empty, invalid, modified, refused
from walk.recorded.given import (
    admin,
    client,
    confirmed,
    new_name,
    password_sign_in,
    pool,
    sign_up,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import UNKNOWN_USER
from walk.recorded.scene import Call, Steps, call

POOL = pool()
ROLE = "arn:aws:iam::123456789012:role/recorded"


def create(**members: Any) -> Call:
    """CreateGroup."""
    return call(
        "CreateGroup",
        {"UserPoolId": "$pool", "GroupName": "$group", **members},
        keep={"group": "Group.GroupName"},
    )


def update(**members: Any) -> Call:
    """UpdateGroup."""
    return call("UpdateGroup", {"UserPoolId": "$pool", "GroupName": "$group", **members})


def group(**members: Any) -> dict[str, Any]:
    """Return a group as it is shown; what it was not given is absent."""
    return {
        "Group": {
            "CreationDate": SECONDS,
            "GroupName": "$group",
            "LastModifiedDate": SECONDS,
            "UserPoolId": "$pool",
            **members,
        }
    }


GET = call("GetGroup", {"UserPoolId": "$pool", "GroupName": "$group"})
NAMED = (POOL, new_name("group", "group-"))
GROUP: Steps = (NAMED, create(Description="first"))
ADD = admin("AdminAddUserToGroup", GroupName="$group")
NOT_FOUND = refused("ResourceNotFoundException", "Group not found.")


REMOVE = admin("AdminRemoveUserFromGroup", GroupName="$group")
MEMBERS = call("ListUsersInGroup", {"UserPoolId": "$pool", "GroupName": "$group"})
DATES = ("Group.CreationDate", "Group.LastModifiedDate")


ROWS = (
    Row("GAU/authority-create-group", NAMED, create(), answered(group())),
    Row(
        "PRO/profile-create-group",
        NAMED,
        create(Description="first", Precedence=3),
        answered(group(Description="first", Precedence=3)),
    ),
    Row(
        "GAU/unconditional-create-with-role",
        NAMED,
        create(RoleArn=ROLE),
        answered(group(RoleArn=ROLE)),
    ),
    Row(
        "GAU/unconditional-assign-role",
        GROUP,
        update(RoleArn=ROLE),
        answered(group(Description="first", RoleArn=ROLE)),
    ),
    Row(
        "GAU/authority-description-with-existing-role",
        (NAMED, create(RoleArn=ROLE)),
        update(Description="first"),
        answered(group(Description="first", RoleArn=ROLE)),
    ),
    Row(
        "GRP/groups-create-duplicate",
        GROUP,
        create(),
        refused("GroupExistsException", "A group with the name already exists."),
    ),
    Row("GAU/authority-get-created-role", NAMED, GET, NOT_FOUND),
    Row("GRP/groups-get-missing", NAMED, GET, NOT_FOUND),
    Row("GRP/groups-update-missing", NAMED, update(Description="x"), NOT_FOUND),
    Row("GRP/groups-add-missing-group", (NAMED, client(), confirmed()), ADD, NOT_FOUND),
    Row(
        "GRP/groups-add-missing-user",
        (GROUP, new_name()),
        ADD,
        UNKNOWN_USER,
    ),
    Row("GRP/groups-add", (GROUP, client(), confirmed()), ADD, empty),
    Row("GRP/groups-add-idempotent", (GROUP, client(), confirmed(), ADD), ADD, empty),
    Row(
        "GRP/groups-clear-description",
        (GROUP, wait(1)),
        update(Description=""),
        (answered(group(Description="first")), modified(*DATES, later=False)),
    ),
    Row(
        "GRP/groups-null-optionals",
        (GROUP, wait(1)),
        update(Description=None, Precedence=None, RoleArn=None),
        (answered(group(Description="first")), modified(*DATES, later=False)),
    ),
    Row(
        "GRP/groups-update-identical-description",
        (GROUP, wait(1)),
        update(Description="first"),
        (answered(group(Description="first")), modified(*DATES)),
    ),
    Row(
        "GRP/groups-list-empty",
        pool(fresh=True),
        call("ListGroups", {"UserPoolId": "$pool"}),
        answered({"Groups": []}),
    ),
    Row(
        "GRP/groups-negative-precedence",
        NAMED,
        create(Precedence=-1),
        invalid(
            "1 validation error detected: Value '-1' at 'precedence' failed to satisfy "
            "constraint: Member must have value greater than or equal to 0",
        ),
    ),
    Row(
        "GRP/groups-empty-role",
        NAMED,
        create(RoleArn=""),
        invalid(
            "2 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: "
            "Member must have length greater than or equal to 20; Value '' at 'roleArn' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: "
            r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+"
            r"(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?",
        ),
    ),
    Row("GRP/groups-remove-missing-user", (GROUP, new_name()), REMOVE, UNKNOWN_USER),
    Row("GRP/groups-remove-missing-group", (NAMED, confirmed()), REMOVE, empty),
    Row("GRP/groups-remove-idempotent", (GROUP, confirmed()), REMOVE, empty),
    Row("GRP/groups-list-users-empty", GROUP, MEMBERS, answered({"Users": []})),
    Row(
        "PRO/profile-members-after-delete",
        (
            GROUP,
            client(),
            confirmed(),
            ADD,
            password_sign_in(),
            call("DeleteUser", {"AccessToken": "$access"}),
        ),
        MEMBERS,
        answered({"Users": []}),
    ),
    Row(
        "PRO/profile-recreated-memberships",
        (
            GROUP,
            client(),
            confirmed(),
            ADD,
            password_sign_in(),
            call("DeleteUser", {"AccessToken": "$access"}),
            sign_up(),
        ),
        admin("AdminListGroupsForUser"),
        answered({"Groups": []}),
    ),
    Row(
        "GRP/groups-invalid-cursor-ListUsersInGroup",
        GROUP,
        call(
            "ListUsersInGroup",
            {"UserPoolId": "$pool", "GroupName": "$group", "NextToken": "invalid"},
        ),
        invalid("Paging marker is invalid."),
    ),
)
