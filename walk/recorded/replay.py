"""Play rows on an endpoint, and clean up behind them."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from walk.recorded.expect import envelope
from walk.recorded.row import Row
from walk.recorded.scene import Scene, SetUpError
from walk.recorded.wire import CannotReplayError, Endpoint

SAME, DIFFERENT, NOT_SET_UP, NOT_REPLAYED = "same", "different", "not set up", "not replayed"

LONGEST_BODY = 400


@dataclass(frozen=True)
class Outcome:
    """How one row went; `details` are the differences, or the reason why there was no answer."""

    name: str
    verdict: str
    details: tuple[str, ...] = ()
    envelope: tuple[str, ...] = ()

    def problems(self) -> list[str]:
        """Return what keeps this from being the recorded answer in the recorded form."""
        verdict = [] if self.verdict == SAME else [self.verdict]
        return [*verdict, *self.details, *self.envelope]


class Replayer:
    """Plays rows on one endpoint. Pools and clients that no row changes are made once."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._shared: dict[str, dict[str, str]] = {}
        self._pools: list[str] = []

    def play(self, row: Row) -> Outcome:
        """Set the row's precondition up, send its request, and compare the answer."""
        scene = Scene(self.endpoint, self._shared, self._pools)
        try:
            scene.set_up(row.given)
        except CannotReplayError as reason:
            return Outcome(row.name, NOT_REPLAYED, (str(reason),))
        except (SetUpError, requests.RequestException) as error:
            return Outcome(row.name, NOT_SET_UP, (str(error),))
        except KeyError as missing:
            return Outcome(row.name, NOT_SET_UP, (f"no answer gave {missing}",))
        try:
            answer = row.ask.send(scene)
        except requests.RequestException as error:
            return Outcome(row.name, DIFFERENT, (f"no answer: {error}",))
        except CannotReplayError as reason:
            return Outcome(row.name, NOT_REPLAYED, (str(reason),))
        except KeyError as missing:
            return Outcome(row.name, NOT_SET_UP, (f"no answer gave {missing}",))
        expectations = row.answer if isinstance(row.answer, tuple) else (row.answer,)
        differences: list[str] = []
        for expected in expectations:
            try:
                differences += expected(scene, answer)
            except KeyError as missing:
                differences.append(f"the answer gave no {missing}")
        if differences:
            differences.append(f"the answer was {_shortened(answer.body)}")
        return Outcome(
            row.name,
            DIFFERENT if differences else SAME,
            tuple(map(without_secrets, differences)),
            tuple(envelope(answer)),
        )

    def clean_up(self) -> list[str]:
        """Delete the pools that were made; return the ids of those that are still there."""
        left = []
        for pool in self._pools:
            try:
                answer = self.endpoint.call("DeleteUserPool", {"UserPoolId": pool})
            except requests.RequestException:
                left.append(pool)
                continue
            if answer.status != 200 and answer.part("__type") != "ResourceNotFoundException":
                left.append(pool)
        self._pools.clear()
        self._shared.clear()
        return left


@contextlib.contextmanager
def replaying(endpoint: Endpoint) -> Iterator[Replayer]:
    """Give a replayer, and delete what it made however the block ends."""
    replayer = Replayer(endpoint)
    try:
        yield replayer
    finally:
        left = replayer.clean_up()
        if left:
            raise CannotReplayError(f"could not delete the pools {', '.join(left)}")


def without_secrets(text: str) -> str:
    """Return a text without tokens and AWS account numbers, fit to be shown to others."""
    return re.sub(r":\d{12}:", ":<account>:", re.sub(r"eyJ[\w.+/=-]+", "<token>", text))


def _shortened(body: bytes) -> str:
    text = without_secrets(body.decode(errors="replace"))
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}…"
