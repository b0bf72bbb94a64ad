"""template.yaml as CloudFormation sees it: for the parameters that somebody chose."""

import re
from typing import Any

import yaml

from tests.support.project import ROOT

Parameters = dict[str, Any]
NOTHING = object()  # what AWS::NoValue leaves behind
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/auth-api/a-uuid",
    "AWS::StackName": "auth-api",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": NOTHING,
}


class Loader(yaml.SafeLoader):
    """Reads `!Ref x` as {"Ref": "x"}, and so on."""


def tagged(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    """Make of a tag what stands for it in JSON, nearly."""
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    raise AssertionError(f"!{tag} of a mapping")


Loader.add_multi_constructor("!", tagged)
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), Loader)  # noqa: S506  # a SafeLoader


class Stack:
    """The template with some parameters; the others have their defaults.

    What only a deployment knows stays as `${Resource}` or `${Resource.Attribute}`.
    """

    def __init__(self, **parameters: str) -> None:
        declared = TEMPLATE["Parameters"]
        for name, value in parameters.items():
            assert value in declared[name].get("AllowedValues", [value]), f"{name}={value}"
            assert re.search(declared[name].get("AllowedPattern", ""), value), f"{name}={value}"
        defaults = {name: parameter["Default"] for name, parameter in declared.items()}
        self.parameters: Parameters = {**defaults, **parameters}
        self.resources: dict[str, Any] = {
            name: self.resolve(resource["Properties"])
            for name, resource in TEMPLATE["Resources"].items()
            if "Condition" not in resource or self.holds({"Condition": resource["Condition"]})
        }

    def refusals(self, *, without: str = "") -> list[str]:
        """Return the names of the rules that refuse these parameters, `without` one of them."""
        return [
            name
            for name, rule in TEMPLATE["Rules"].items()
            if name != without
            and ("RuleCondition" not in rule or self.holds(rule["RuleCondition"]))
            and not all(self.holds(assertion["Assert"]) for assertion in rule["Assertions"])
        ]

    def holds(self, condition: dict[str, Any]) -> bool:
        """Evaluate a condition."""
        ((function, value),) = condition.items()
        if function == "Condition":
            return self.holds(TEMPLATE["Conditions"][value])
        if function == "Equals":
            left, right = map(self.resolve, value)
            return bool(left == right)
        if function == "Not":
            return not self.holds(value[0])
        assert function in ("And", "Or"), function
        return (all if function == "And" else any)(map(self.holds, value))

    def resolve(self, value: Any) -> Any:
        """Evaluate the functions in a value."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if method := getattr(self, f"_{function.lower()}", None):
                return method(argument)
        members = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in members.items() if item is not NOTHING}

    def _ref(self, name: str) -> Any:
        return {**PSEUDO, **self.parameters}.get(name, f"${{{name}}}")

    def _getatt(self, name: str) -> str:
        return f"${{{name}}}"

    def _if(self, argument: list[Any]) -> Any:
        name, then, otherwise = argument
        return self.resolve(then if self.holds({"Condition": name}) else otherwise)

    def _sub(self, argument: Any) -> str:
        text, names = argument if isinstance(argument, list) else (argument, {})
        known = {**PSEUDO, **self.parameters, **self.resolve(names)}
        return re.sub(r"\$\{([^}]+)\}", lambda name: str(known.get(name[1], name[0])), text)

    def _select(self, argument: list[Any]) -> Any:
        return self.resolve(argument[1])[int(argument[0])]

    def _split(self, argument: list[Any]) -> list[str]:
        separator, text = map(self.resolve, argument)
        return list(text.split(separator))
