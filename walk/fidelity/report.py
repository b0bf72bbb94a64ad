"""The comparison as text and as JSON, and the recording: all of it free of secrets and names."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from walk.fidelity import facts
from walk.fidelity.compare import Comparison, Difference
from walk.walker import Walker

STEPS_SHOWN = 3
NOTHING_SECRET = "Ids, times, tokens, codes and addresses stand here by their form."  # noqa: S105


def text(comparison: Comparison, words: Sequence[str]) -> str:
    """Return the report for a person, and for an issue."""
    count = len(comparison.differences)
    lines = [
        f"{count} difference{'' if count == 1 else 's'} between the deployed API and a local one,"
        f" in {comparison.compared} steps.",
        f"Settings seen on the deployed side, and set on the local one: {', '.join(words) or '-'}.",
        NOTHING_SECRET,
    ]
    for number, difference in enumerate(comparison.differences, start=1):
        deployed, local = shown(difference)
        lines += [
            "",
            f"{number}. {difference.fact}",
            f"   deployed: {deployed}",
            f"   local:    {local}",
        ]
        more = len(difference.steps) - STEPS_SHOWN
        lines += [f"   {step}" for step in difference.steps[:STEPS_SHOWN]]
        lines += [f"   and {more} more"] if more > 0 else []
    if comparison.not_reached:
        lines += ["", "Steps that followed from these, and that one side alone came to:"]
        lines += [f"   {where}: {count}" for where, count in comparison.not_reached.items()]
    return "\n".join(lines)


def as_json(comparison: Comparison, words: Sequence[str]) -> str:
    """Return the same for a program."""
    document = {
        "settings": list(words),
        "steps": comparison.compared,
        "differences": [
            {
                "fact": difference.fact,
                **dict(zip(("deployed", "local"), shown(difference), strict=True)),
                "steps": difference.steps,
            }
            for difference in comparison.differences
        ],
        "not_reached": comparison.not_reached,
    }
    return json.dumps(document, indent=2)


def shown(difference: Difference) -> tuple[str, str]:
    """Return what may be said of both sides; that they differ, where they then look the same."""
    deployed = facts.shown(difference.fact, difference.deployed)
    local = facts.shown(difference.fact, difference.local)
    return deployed, f"another, {local}" if local == deployed else local


def recording(walk: Walker) -> Iterator[str]:
    """Give each step's answer as a line of JSON."""
    own = facts.known(walk)
    for step in walk.steps:
        seen: dict[str, Any] = {
            fact: facts.shown(fact, form) for fact, form in facts.of_step(step, own).items()
        }
        line = {"story": step.story, "step": step.title, "request": step.request, **seen}
        yield json.dumps(line, ensure_ascii=False)
