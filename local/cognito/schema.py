"""A pool's attributes: which there are, what values they take, who may read and write them."""

import re
from collections.abc import Iterable, Mapping

from local.cognito.errors import invalid_parameter, not_authorized
from local.cognito.messages import EMAIL, PHONE
from local.cognito.records import Client, Pool, User
from local.cognito.server import Json

# Set by Cognito or by the control operations alone.
FIXED = ("sub", "email_verified", "phone_number_verified")
VERIFIABLE = ("email", "phone_number")

_STRINGS = (
    *("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"),
    *("profile", "picture", "website", "email", "gender", "birthdate", "zoneinfo", "locale"),
    *("phone_number", "address"),
)
# The order of attributes in answers, as far as it was recorded; custom ones follow, sub is last.
_FIRST = ("email", "email_verified", "family_name", "given_name", "birthdate")
# Cognito names these as SCIM (RFC 7643) does when a required one is missing; the recorded rows
# show family_name, the others follow it.
_PATHS = {
    "name": "name.formatted",
    "given_name": "name.givenName",
    "family_name": "name.familyName",
    "middle_name": "name.middleName",
}


def _attribute(name: str, kind: str, **more: object) -> Json:
    return {
        "Name": name,
        "AttributeDataType": kind,
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Required": False,
        **more,
    }


def _lengths(shortest: int, longest: int) -> Json:
    return {"MinLength": str(shortest), "MaxLength": str(longest)}


def initial(definitions: Iterable[Json]) -> list[Json]:
    """Return a new pool's schema: the standard attributes and what CreateUserPool asks for."""
    schema = [
        _attribute(
            "sub",
            "String",
            Mutable=False,
            Required=True,
            StringAttributeConstraints=_lengths(1, 2048),
        )
    ]
    for name in _STRINGS:
        lengths = _lengths(10, 10) if name == "birthdate" else _lengths(0, 2048)
        schema.append(_attribute(name, "String", StringAttributeConstraints=lengths))
    schema += [
        _attribute("email_verified", "Boolean"),
        _attribute("phone_number_verified", "Boolean"),
        _attribute("updated_at", "Number", NumberAttributeConstraints={"MinValue": "0"}),
    ]
    by_name = {attribute["Name"]: attribute for attribute in schema}
    for wanted in definitions:
        name = wanted.get("Name", "")
        if name in by_name:
            _check_limits(wanted)
            standard = by_name[name]
            kind = wanted.get("AttributeDataType", standard["AttributeDataType"])
            if kind != standard["AttributeDataType"] or wanted.get("DeveloperOnlyAttribute"):
                raise invalid_parameter(
                    "You can not change AttributeDataType or set developerOnlyAttribute for"
                    f" standard schema attribute {name}"
                )
            standard.update(wanted)
        else:
            add_custom(schema, wanted)
    return schema


def add_custom(schema: list[Json], wanted: Json) -> None:
    """Add a custom attribute to a schema, or refuse."""
    if "Name" not in wanted:
        raise invalid_parameter("An attribute needs a Name.")
    prefix = "dev:custom:" if wanted.get("DeveloperOnlyAttribute") else "custom:"
    name = prefix + wanted["Name"]
    if any(attribute["Name"] == name for attribute in schema):
        raise invalid_parameter(f"{name}: Existing attribute already has name {name}.")
    _check_limits(wanted)
    if wanted.get("Required"):
        raise invalid_parameter("Required custom attributes are not supported currently.")
    kind = wanted.get("AttributeDataType", "String")
    constraints = {"String": "StringAttributeConstraints", "Number": "NumberAttributeConstraints"}
    more: Json = {constraints[kind]: {}} if kind in constraints else {}
    schema.append({**_attribute(name, kind, **more), **wanted, "Name": name})


def _check_limits(wanted: Json) -> None:
    for constraints in ("StringAttributeConstraints", "NumberAttributeConstraints"):
        for name, value in wanted.get(constraints, {}).items():
            if not re.fullmatch(r"-?[0-9]{1,15}", value):
                raise invalid_parameter(f"{name} must be a whole number.")


def attributes(pool: Pool) -> dict[str, Json]:
    """Return the pool's schema by attribute name."""
    return {item["Name"]: item for item in pool.settings["SchemaAttributes"]}


def as_dict(items: Iterable[Json]) -> dict[str, str]:
    """Return a list of Name and Value as a dict; of a repeated name the last counts."""
    return {item["Name"]: item.get("Value", "") for item in items}


def as_list(values: Mapping[str, str]) -> list[Json]:
    """Return a dict of attributes as the list of Name and Value that answers hold."""
    return [{"Name": name, "Value": value} for name, value in values.items()]


def all_of(user: User) -> dict[str, str]:
    """Return all attributes of a user, in the order of Cognito's answers."""
    names = sorted(user.attributes, key=_place)
    return {**{name: user.attributes[name] for name in names}, "sub": user.sub}


def _place(name: str) -> tuple[bool, int, str]:
    return ":" in name, _FIRST.index(name) if name in _FIRST else len(_FIRST), name


def readable(pool: Pool, client: Client, user: User) -> dict[str, str]:
    """Return the attributes that the app client may read; sub is always one.

    Whether `email` in ReadAttributes brings `email_verified` with it is not known: it does not.
    """
    allowed = client.settings.get("ReadAttributes") or list(attributes(pool))
    return {
        name: value
        for name, value in all_of(user).items()
        if name == "sub" or (name in allowed and not name.startswith("dev:"))
    }


def check_writable(client: Client, names: Iterable[str]) -> None:
    """Refuse what nobody may write, then what this app client may not."""
    check_not_fixed(names)
    allowed = client.settings.get("WriteAttributes")
    for name in names:
        if name.startswith("dev:") or (allowed and name not in allowed):
            raise not_authorized("A client attempted to write unauthorized attribute")


def check_not_fixed(names: Iterable[str], fixed: Iterable[str] = FIXED) -> None:
    """Refuse to write an attribute that is Cognito's own."""
    for name in names:
        if name in fixed:
            raise invalid_parameter(f"Cannot modify the non-mutable attribute {name}")


def check_new(pool: Pool, values: Mapping[str, str]) -> None:
    """Refuse a new user's attributes that do not fit the schema; required ones may be missing."""
    schema = attributes(pool)
    problems = []
    for name, value in values.items():
        if name not in schema:
            problems.append(f"Type for attribute {{{name}}} could not be determined")
        elif problem := _problem(schema[name], value):
            problems.append(f"{name}: {problem}")
    if problems:
        raise invalid_parameter(f"Attributes did not conform to the schema: {_lines(problems)}")
    _check_formats(values)


def check_required(pool: Pool, values: Mapping[str, str]) -> None:
    """Refuse a new user without the attributes that the pool requires."""
    problems = [
        f"{path}: The attribute {path} is required" for path in map(path_of, missing(pool, values))
    ]
    if problems:
        raise invalid_parameter(f"Attributes did not conform to the schema: {_lines(problems)}")


def check_changes(pool: Pool, values: Mapping[str, str]) -> None:
    """Refuse changes of a user's attributes that do not fit the schema.

    An empty value removes an attribute.
    """
    schema = attributes(pool)
    problems = []
    for name, value in values.items():
        attribute = schema.get(name)
        if attribute is None:
            problem = "Attribute does not exist in the schema."
        elif not attribute["Mutable"]:
            problem = "Attribute cannot be updated."
        elif value == "":
            problem = "Required attribute cannot be deleted." if attribute["Required"] else ""
        else:
            problem = _problem(attribute, value)
        if problem:
            problems.append(f"user.{name}: {problem}\n")
    if problems:
        raise invalid_parameter("".join(problems))
    _check_formats(values)


def check_deletions(pool: Pool, names: Iterable[str]) -> None:
    """Refuse to delete attributes that are required, immutable or unknown."""
    schema = attributes(pool)
    for name in names:
        attribute = schema.get(name)
        if attribute is None:
            problem = f"Type for attribute {{{name}}} could not be determined"
        elif attribute["Required"]:
            problem = f"{path_of(name)}: The attribute {path_of(name)} is required"
        elif not attribute["Mutable"]:
            problem = (
                f"{name.replace('custom:', 'Custom.User.')}: This attribute does not satisfy"
                " the mutability validation defined in the schema."
            )
        else:
            continue
        raise invalid_parameter(f"Invalid user attributes: {problem}")


def _lines(problems: list[str]) -> str:
    return "\n".join(problems)


def required(pool: Pool) -> list[str]:
    """Name the attributes that every user has to have, sub apart."""
    return [
        name
        for name, attribute in attributes(pool).items()
        if attribute["Required"] and name != "sub"
    ]


def missing(pool: Pool, values: Mapping[str, str]) -> list[str]:
    """Name the required attributes that have no value."""
    return [name for name in required(pool) if not values.get(name)]


def path_of(name: str) -> str:
    """Return what Cognito calls a missing attribute."""
    return _PATHS.get(name, name)


def _problem(attribute: Json, value: str) -> str:
    """Say what is wrong with a value, or return an empty string.

    The sentence for a text that is too long was recorded; the others are not known.
    """
    match attribute["AttributeDataType"]:
        case "Boolean" if value.lower() not in ("true", "false"):
            return "Attribute must be true or false"
        case "Number" | "DateTime":
            return _number_problem(attribute.get("NumberAttributeConstraints", {}), value)
        case "String":
            limits = attribute.get("StringAttributeConstraints", {})
            if len(value) > _limit(limits.get("MaxLength"), 2048):
                return f"String must be no longer than {limits['MaxLength']} characters"
            if value and len(value) < _limit(limits.get("MinLength"), 0):
                return f"String must be no shorter than {limits['MinLength']} characters"
    return ""


def _number_problem(limits: Json, value: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,15}", value):
        return "Attribute must be a whole number"
    if "MinValue" in limits and int(value) < _limit(limits["MinValue"], 0):
        return f"Number must be at least {limits['MinValue']}"
    if "MaxValue" in limits and int(value) > _limit(limits["MaxValue"], 0):
        return f"Number must be at most {limits['MaxValue']}"
    return ""


def _limit(text: str | None, otherwise: int) -> int:
    return int(text) if text else otherwise


def _check_formats(values: Mapping[str, str]) -> None:
    """Refuse what is no address. That AWS says so in these words is widely reported."""
    email, phone = values.get("email"), values.get("phone_number")
    if email and not EMAIL.fullmatch(email):
        raise invalid_parameter("Invalid email address format.")
    if phone and not PHONE.fullmatch(phone):
        raise invalid_parameter("Invalid phone number format.")
