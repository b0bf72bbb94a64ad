"""`python -m walk.fidelity`, which is what `make fidelity` runs.

It walks through a deployed API and through a fresh local one whose pool has the same settings as
far as they can be seen, and says what they answer differently.
"""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from local.servers.child import LocalError
from walk import curl, run, user
from walk.fidelity import local_api, probes, report
from walk.fidelity.compare import compare
from walk.fidelity.settings import of_api, seen
from walk.stories import STORIES
from walk.walker import Walker


def main() -> int:
    """Compare; return 0 without a difference, 1 with any, 2 if there is nothing to compare."""
    options = _options()
    stories = [STORIES[name] for name in options.only or STORIES]
    if not options.only:
        stories.insert(-1, probes.STORY)  # before the user is deleted
    try:
        deployed = run.walker(
            options.base_url, options.email, options.phone, options.ask, options.timeout
        )
    except curl.NoAnswerError as error:
        print(run.nothing_there(options.base_url, error), file=sys.stderr)
        return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        deployed.log = sys.stderr
        none_left = run.take(deployed, stories)
        if not none_left:
            print(f"\n{user.left_behind(deployed)}", file=sys.stderr)
        if deployed.interrupted:
            return 2
        if options.record:
            lines = "".join(f"{line}\n" for line in report.recording(deployed))
            options.record.write_text(lines, encoding="utf-8")
        words, settings = seen(deployed.steps), of_api(deployed.steps)
        print(f"\nNow a local one{': ' if words else ''}{', '.join(words)} ...", file=sys.stderr)
        with local_api.run(words, settings) as url:
            local = _like(deployed, url, options.timeout)
            run.take(local, stories)
    except (curl.NoAnswerError, LocalError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 2
    if local.interrupted:
        return 2
    comparison = compare(deployed, local)
    as_wanted = report.as_json if options.json else report.text
    with suppress(OSError):  # a reader that left
        print(as_wanted(comparison, [*words, *settings]), flush=True)
    return 1 if comparison.differences else 0


def _like(deployed: Walker, url: str, seconds: float) -> Walker:
    """Return who takes the same steps here: without a phone or a browser if the other had none."""
    local = run.walker(url, None, None, False, seconds)
    local.log = sys.stderr
    local.is_patient = deployed.is_patient
    local.browser = local.browser if deployed.browser else None
    local.phone = local.phone if deployed.phone else None
    return local


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m walk.fidelity",
        description="Say what a deployed API answers otherwise than a local one.",
    )
    run.add_options(parser)
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="keep the deployed side's answers, sanitised"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
