"""Input against botocore's model of Cognito, refused in AWS's own words."""

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import regex  # Java's \p{L} in the model's patterns, which the standard library does not know
from botocore.model import Shape

from local.cognito.errors import Refused, invalid_parameter
from local.cognito.server import Json


def validated(value: object, shape: Shape) -> Json:
    """Return the members of the model that were sent and are not null; others are dropped.

    Raises Refused: SerializationException for a wrong type, InvalidParameterException that lists
    every broken constraint.
    """
    members: Json = _typed(value, shape)
    broken = list(_broken(members, shape, ""))
    if broken:
        count = "1 validation error" if len(broken) == 1 else f"{len(broken)} validation errors"
        raise invalid_parameter(f"{count} detected: {'; '.join(broken)}")
    return members


def _typed(value: Any, shape: Any) -> Any:
    """Return the value with its types checked and unknown and null members left out."""
    if getattr(shape, "is_document_type", False):
        return value
    kinds = _TYPES[shape.type_name]
    if type(value) not in kinds:  # not isinstance: True is an int to Python, not to AWS
        raise Refused("SerializationException", f"A {shape.type_name} was expected.")
    if shape.type_name == "structure":
        return {
            name: _typed(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [_typed(item, shape.member) for item in value if item is not None]
    if shape.type_name == "map":
        return {
            _typed(key, shape.key): _typed(item, shape.value)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, str) and _has_surrogate(value):
        raise Refused("SerializationException", "Half of a UTF-16 pair is not a character.")
    if isinstance(value, float) and not math.isfinite(value):
        raise Refused("SerializationException", "A finite number was expected.")
    return value


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
}


def _broken(value: Any, shape: Any, path: str) -> Iterator[str]:
    """Say of each broken constraint what the value was and what it has to be."""
    if getattr(shape, "is_document_type", False):
        return
    for constraint in _constraints(value, shape):
        # AWS leaves out what must not be repeated: passwords, codes, tokens.
        shown = "" if shape.metadata.get("sensitive") else f" '{_shown(value)}'"
        yield f"Value{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                at = _below(path, _lower_camel(name))
                yield f"Value null at '{at}' failed to satisfy constraint: Member must not be null"
        for name, item in value.items():
            yield from _broken(item, shape.members[name], _below(path, _lower_camel(name)))
    elif shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from _broken(item, shape.member, f"{path}.{number}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _broken(key, shape.key, f"{path}.key")
            yield from _broken(item, shape.value, f"{path}.{key}.member")


def _constraints(value: Any, shape: Any) -> Iterator[str]:
    limits = shape.metadata
    if shape.type_name in ("string", "list", "map"):
        size, noun = len(value), "length"
    elif shape.type_name in ("integer", "long"):
        size, noun = value, "value"
    else:
        return
    if size < limits.get("min", size):
        yield f"have {noun} greater than or equal to {limits['min']}"
    if size > limits.get("max", size):
        yield f"have {noun} less than or equal to {limits['max']}"
    if shape.type_name != "string":
        return
    if "pattern" in limits and not _matches(limits["pattern"], value):
        yield f"satisfy regular expression pattern: {limits['pattern']}"
    if shape.enum and value not in shape.enum:
        yield f"satisfy enum value set: [{', '.join(shape.enum)}]"


def _matches(pattern: str, value: str) -> bool:
    try:
        return _pattern(pattern).fullmatch(value, timeout=1) is not None
    except TimeoutError:  # some patterns of the model never come to an end with input made for that
        return False


@cache
def _pattern(pattern: str) -> "regex.Pattern[str]":
    return regex.compile(pattern)


def _lower_camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else str(value)
