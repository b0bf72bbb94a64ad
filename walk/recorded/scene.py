"""The stage of one row: named values, steps that make them, and templates that use them.

A value in a request or in an expected answer is a template: `$refresh` stands for what a step
before kept under the name `refresh`, and `$$` for a dollar sign. What has to be computed (a secret
hash, an SRP proof) is a function of the scene instead.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from string import Template
from typing import Any

from walk.recorded.wire import ABSENT, Endpoint, HttpAnswer

THROTTLED = "TooManyRequestsException"
ATTEMPTS = 6

Step = Callable[["Scene"], object]
Steps = Step | tuple["Steps", ...]


class SetUpError(Exception):
    """Which call of a precondition failed, and how."""


class Scene:
    """The names of one row, and the endpoint that it plays on.

    `shared` holds what rows may share (pools and clients that no row changes) by its settings;
    `pools` collects the ids of the pools to delete at the end.
    """

    def __init__(
        self, endpoint: Endpoint, shared: dict[str, dict[str, str]], pools: list[str]
    ) -> None:
        self.endpoint = endpoint
        self.names: dict[str, str] = {}
        self.shared, self.pools = shared, pools
        self.objects: dict[str, Any] = {}

    def __getitem__(self, name: str) -> str:
        return self.names[name]

    def fill(self, value: Any) -> Any:
        """Return a value with its templates and functions replaced."""
        if isinstance(value, str):
            return Template(value).substitute(self.names)
        if isinstance(value, Mapping):
            return {self.fill(key): self.fill(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.fill(member) for member in value]
        return value(self) if callable(value) else value

    def set_up(self, steps: Steps) -> None:
        """Carry out the steps of a precondition; raise SetUpError at the first that fails."""
        if isinstance(steps, tuple):
            for step in steps:
                self.set_up(step)
        else:
            steps(self)


class Call:
    """One request. As a step of a precondition it has to succeed.

    `keep` names parts of the answer: {"refresh": "AuthenticationResult.RefreshToken"}; what is no
    text is kept as JSON.
    """

    def __init__(
        self,
        operation: str,
        members: Mapping[str, Any],
        keep: Mapping[str, str],
        authorization: str | None,
    ) -> None:
        self.operation, self.members = operation, members
        self.keep, self.authorization = keep, authorization

    def send(self, scene: Scene) -> HttpAnswer:
        """Send the request, again while Cognito is busy, and keep what is to be kept."""
        members = scene.fill(self.members)
        for attempt in range(ATTEMPTS):
            answer = scene.endpoint.call(self.operation, members, self.authorization)
            if answer.part("__type") != THROTTLED:
                break
            time.sleep(2**attempt / 4)
        if self.operation == "CreateUserPool" and answer.status == 200:
            scene.pools.append(answer.part("UserPool.Id"))
        for name, path in self.keep.items():
            value = answer.part(path)
            if value is not ABSENT:
                scene.names[name] = value if isinstance(value, str) else json.dumps(value)
        return answer

    def __call__(self, scene: Scene) -> None:
        answer = self.send(scene)
        if answer.status != 200:
            raise SetUpError(f"{self.operation} answered {answer.body.decode(errors='replace')}")


def call(
    operation: str,
    members: Mapping[str, Any] | None = None,
    keep: Mapping[str, str] | None = None,
    authorization: str | None = None,
) -> Call:
    """Return a request; `authorization` is one of the words in wire.py."""
    return Call(operation, members or {}, keep or {}, authorization)


def shared(key: str, settings: Any, names: Iterable[str], make: Steps) -> Step:
    """Return a step that carries out `make` once for all rows, and keeps the names it gave."""

    def step(scene: Scene) -> None:
        where = json.dumps([key, scene.fill(settings)], sort_keys=True)
        if where not in scene.shared:
            scene.set_up(make)
            scene.shared[where] = {name: scene[name] for name in names if name in scene.names}
        scene.names.update(scene.shared[where])

    return step
