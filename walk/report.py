"""The results of a walk: a table of the steps, and counts of the operations."""

from collections.abc import Collection, Iterable

from walk.records import Step
from walk.stories.story import Story


def table(steps: Collection[Step], stories: Collection[Story]) -> str:
    """Return the steps by story, and how many operations were taken."""
    lines = [""]
    told = ""
    for step in steps:
        if step.story != told:
            told = step.story
            lines.append(f"  {told}{_count(told, steps, stories)}")
        status = step.answer.status if step.answer else ""
        note = f" ({step.note})" if step.note else ""
        lines.append(f"    {step.outcome:<8}  {status:<3}  {step.title}{note}")
    outcomes = [step.outcome for step in steps]
    counts = ", ".join(
        f"{outcomes.count(kind)} {kind}"
        for kind in ("passed", "failed", "skipped")
        if kind in outcomes
    )
    wanted = {request for story in stories for request in story.takes}
    missed = sorted(wanted - {step.request for step in steps})
    taken = len(wanted) - len(missed)
    lines += ["", f"Steps: {counts}.", f"Operations: {taken} of {len(wanted)} taken."]
    if missed:
        lines.append(f"Not taken: {', '.join(missed)}.")
    return "\n".join(lines)


def passed(steps: Iterable[Step], stories: Collection[Story]) -> bool:
    """Tell whether every story went as far as the pool allows, without a failure."""
    told = {step.story for step in steps}
    return all(step.outcome != "failed" for step in steps) and all(
        story.title in told for story in stories
    )


def _count(title: str, steps: Iterable[Step], stories: Iterable[Story]) -> str:
    """Return how many operations a story took, without those of cleaning up."""
    for story in stories:
        if story.title == title:
            wanted = set(story.takes)
            taken = wanted & {step.request for step in steps if step.story == title}
            return f": {len(taken)} of {len(wanted)} operations"
    return ""
