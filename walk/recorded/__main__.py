"""`python -m walk.recorded`: compare endpoints of Cognito's protocol with recorded answers.

Each argument is an endpoint. `local` and `ministack`, the default, are started for this. `aws` is
AWS, with the credentials and the region that boto3 finds. A URL is another server of the protocol,
with the key pair of the environment if there is one.

On AWS, pools are made and deleted, no mail or text is sent, and rows that take long are left out.
"""

import argparse
import json
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import FrameType

from local.servers.child import LocalError
from walk.recorded import endpoints
from walk.recorded.replay import DIFFERENT, NOT_REPLAYED, NOT_SET_UP, SAME, Outcome, replaying
from walk.recorded.row import Row
from walk.recorded.rows import SUBJECTS
from walk.recorded.wire import CannotReplayError, Endpoint

VERDICTS = (SAME, DIFFERENT, NOT_SET_UP, NOT_REPLAYED)


def main() -> int:
    """Replay and print; return 2 when an endpoint is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m walk.recorded",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("endpoints", nargs="*", default=["local", "ministack"])
    parser.add_argument("--only", default="", metavar="TEXT", help="rows with this in their name")
    parser.add_argument("--region", help="of AWS; default: the one that boto3 finds")
    parser.add_argument("--table", action="store_true", help="print the table alone")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _end)  # so that pools are deleted then, too

    subjects = {
        subject: [row for row in rows if options.only in row.name]
        for subject, rows in SUBJECTS.items()
    }
    rows = [row for chosen in subjects.values() for row in chosen]
    try:
        with ExitStack() as running:
            outcomes = {
                endpoint.name: _replay(endpoint, rows)
                for endpoint in [
                    running.enter_context(endpoints.named(name, options.region))
                    for name in options.endpoints
                ]
            }
    except (CannotReplayError, LocalError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(_as_json(outcomes), indent=2))
    elif options.table:
        print(table(subjects, outcomes))
    else:
        _print_details(rows, outcomes)
        print("\n" + table(subjects, outcomes))
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _replay(endpoint: Endpoint, rows: Sequence[Row]) -> list[Outcome]:
    outcomes = []
    with replaying(endpoint) as replayer:
        for number, row in enumerate(rows, 1):
            if sys.stderr.isatty():
                print(f"\r{endpoint.name}: {number} of {len(rows)}", end="", file=sys.stderr)
            outcomes.append(replayer.play(row))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return outcomes


def table(subjects: Mapping[str, Sequence[Row]], outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Return how many rows of each subject an endpoint answers as recorded, in Markdown."""
    same = [
        {outcome.name for outcome in results if outcome.verdict == SAME}
        for results in outcomes.values()
    ]
    everything = [row for rows in subjects.values() for row in rows]
    lines = [["Subject", "Rows", *outcomes], ["---"] * (2 + len(outcomes))]
    for subject, rows in {**subjects, "All": everything}.items():
        counts = [len(rows), *(sum(row.name in names for row in rows) for names in same)]
        if rows:
            lines.append([subject, *map(str, counts)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _print_details(rows: Sequence[Row], outcomes: dict[str, list[Outcome]]) -> None:
    for name, results in outcomes.items():
        print(f"\n{name}")
        for row, outcome in zip(rows, results, strict=True):
            print(f"  {outcome.verdict:12}  {outcome.name}")
            for line in outcome.details:
                print(f"                  {line}")
            if row.unmet and outcome.verdict != SAME:
                print(f"                  known: {row.unmet}")
        counts = Counter(outcome.verdict for outcome in results)
        print("  " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS))


def _as_json(outcomes: dict[str, list[Outcome]]) -> dict[str, list[dict[str, object]]]:
    return {
        name: [
            {
                "row": outcome.name,
                "verdict": outcome.verdict,
                "details": list(outcome.details),
                "envelope": list(outcome.envelope),
            }
            for outcome in results
        ]
        for name, results in outcomes.items()
    }


if __name__ == "__main__":
    sys.exit(main())
