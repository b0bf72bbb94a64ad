"""Groups of a pool and who is in them."""

from local.cognito import paging
from local.cognito.errors import Refused, not_there
from local.cognito.lookup import pool_by_id, user_by_name
from local.cognito.records import Group, Pool, User
from local.cognito.server import Call, Json
from local.cognito.users import described as described_user


def create_group(call: Call) -> Json:
    """Create a group."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    name = call.input["GroupName"]
    if call.store.get(Group, f"{pool.id}/{name}") is not None:
        raise Refused("GroupExistsException", "A group with the name already exists.")
    now = call.now()
    group = Group(name, pool.id, _settings(call.input), created=now, modified=now)
    call.store.save(group)
    return {"Group": _described(group)}


def get_group(call: Call) -> Json:
    """Describe a group."""
    return {"Group": _described(_group(call))}


def update_group(call: Call) -> Json:
    """Change what is given and not empty; nothing can be removed from a group again."""
    group = _group(call)
    changes = _settings(call.input)
    if changes:
        group.settings |= changes
        group.modified = call.now()
        call.store.save(group)
    return {"Group": _described(group)}


def delete_group(call: Call) -> None:
    """Delete a group; its members stay."""
    group = _group(call)
    for user in _members(call, group):
        user.groups.remove(group.name)
        call.store.save(user)
    call.store.delete(group)


def list_groups(call: Call) -> Json:
    """List a pool's groups."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    return _page_of_groups(call, call.store.all(Group, pool.id))


def admin_add_user_to_group(call: Call) -> None:
    """Make a user a member."""
    _, user = _pool_and_user(call)
    group = _group(call)
    if group.name not in user.groups:
        user.groups.append(group.name)
        call.store.save(user)


def admin_remove_user_from_group(call: Call) -> None:
    """Make a user a member no longer, whether there is such a group or not."""
    _, user = _pool_and_user(call)
    if call.input["GroupName"] in user.groups:
        user.groups.remove(call.input["GroupName"])
        call.store.save(user)


def admin_list_groups_for_user(call: Call) -> Json:
    """List the groups of a user."""
    pool, user = _pool_and_user(call)
    groups = [group for group in call.store.all(Group, pool.id) if group.name in user.groups]
    return _page_of_groups(call, groups)


def list_users_in_group(call: Call) -> Json:
    """List the members of a group."""
    members, more = paging.page(
        _members(call, _group(call)), call.input.get("Limit") or 60, call.input.get("NextToken")
    )
    return {"NextToken": more, "Users": [described_user(user) for user in members]}


def _settings(given: Json) -> Json:
    names = ("Description", "Precedence", "RoleArn")
    return {name: given[name] for name in names if given.get(name, "") != ""}


def _group(call: Call) -> Group:
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    group = call.store.get(Group, f"{pool.id}/{call.input['GroupName']}")
    if group is None:
        raise not_there("Group not found.")
    return group


def _pool_and_user(call: Call) -> tuple[Pool, User]:
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    return pool, user_by_name(call.server, pool, call.input["Username"])


def _members(call: Call, group: Group) -> list[User]:
    return [user for user in call.store.all(User, group.pool_id) if group.name in user.groups]


def _page_of_groups(call: Call, groups: list[Group]) -> Json:
    shown, more = paging.page(groups, call.input.get("Limit") or 60, call.input.get("NextToken"))
    return {"Groups": [_described(group) for group in shown], "NextToken": more}


def _described(group: Group) -> Json:
    return {
        "CreationDate": group.created,
        "GroupName": group.name,
        "LastModifiedDate": group.modified,
        "UserPoolId": group.pool_id,
        **group.settings,
    }


OPERATIONS = {
    "AdminAddUserToGroup": admin_add_user_to_group,
    "AdminListGroupsForUser": admin_list_groups_for_user,
    "AdminRemoveUserFromGroup": admin_remove_user_from_group,
    "CreateGroup": create_group,
    "DeleteGroup": delete_group,
    "GetGroup": get_group,
    "ListGroups": list_groups,
    "ListUsersInGroup": list_users_in_group,
    "UpdateGroup": update_group,
}
