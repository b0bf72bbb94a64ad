"""What two walks through the same stories were answered differently."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from walk.fidelity import facts
from walk.records import CLEANING_UP, Step
from walk.walker import Walker

# Of answers of different kinds only these are compared: everything else has to differ.
KIND = ("status", "member challenge")
OF_OTHER_KIND = (*KIND, "member error", "member message", "member available_challenges")


@dataclass
class Difference:
    """A fact that differs, and the steps in which it does so in the same way."""

    fact: str
    deployed: str
    local: str
    steps: list[str] = field(default_factory=list)


@dataclass
class Comparison:
    """All that differs; `not_reached` is what only one side came to, as its story went on."""

    differences: list[Difference]
    compared: int
    not_reached: dict[str, int]


Key = tuple[str, str, int]


def compare(deployed: Walker, local: Walker) -> Comparison:
    """Hold one walk's answers against the other's, step by step."""
    left, right = _by_key(deployed.steps), _by_key(local.steps)
    own = facts.known(deployed), facts.known(local)
    found: dict[tuple[str, str, str], Difference] = {}
    differing: set[str] = set()
    common = [key for key in left if key in right]

    def note(fact: str, a: str, b: str, step: Step) -> None:
        difference = found.setdefault((fact, a, b), Difference(fact, a, b))
        difference.steps.append(f"{step.request}: {step.title}")

    for key in common:
        a, b = facts.of_step(left[key], own[0]), facts.of_step(right[key], own[1])
        names = [name for name in {**a, **b} if a.get(name) != b.get(name)]
        if any(name in KIND for name in names):
            names = [name for name in OF_OTHER_KIND if a.get(name) != b.get(name)]
        if names or left[key].outcome != right[key].outcome:
            differing.add(left[key].story)
        for name in names:
            note(name, a.get(name, facts.MISSING), b.get(name, facts.MISSING), left[key])
    not_reached = _note_missing(left, right, differing, note)
    return Comparison(list(found.values()), len(common), not_reached)


def _note_missing(
    left: dict[Key, Step],
    right: dict[Key, Step],
    differing: set[str],
    note: Callable[[str, str, str, Step], None],
) -> dict[str, int]:
    """Note steps that one side alone took, unless a difference in their story says why.

    Return how many there are of those, by their story and side.
    """
    not_reached: Counter[str] = Counter()
    for mine, other, side in ((left, right, "deployed"), (right, left, "local")):
        for key, step in mine.items():
            if key in other:
                continue
            if step.story in differing:
                not_reached[f"{step.story}: {side} only"] += 1
            else:
                note("step", *_taken(side), step)
    return dict(not_reached)


def _taken(side: str) -> tuple[str, str]:
    return ("taken", "not taken") if side == "deployed" else ("not taken", "taken")


def _by_key(steps: Iterable[Step]) -> dict[Key, Step]:
    """Return the steps by story, title and how many times that has come before."""
    counts: Counter[tuple[str, str]] = Counter()
    keyed = {}
    for step in steps:
        if step.is_aside or step.story == CLEANING_UP:
            continue
        name = (step.story, step.title)
        keyed[(*name, counts[name])] = step
        counts[name] += 1
    return keyed
