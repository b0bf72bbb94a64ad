"""`python -m walk.recorded`: replay the recorded answers of Cognito on one or more endpoints.

Endpoints: `--cognito URL` is the project's local Cognito, with its key pair in AWS_ACCESS_KEY_ID
and AWS_SECRET_ACCESS_KEY; `--other NAME=URL` is another stand-in that takes any key pair; `--aws`
is AWS, with the credentials and the region that boto3 finds. There, pools are made and deleted,
no mail is sent, and nothing costs money; rows that need a mail or a long wait are left out.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from walk.recorded.endpoints import aws, local_cognito, other_local
from walk.recorded.replay import DIFFERENT, NOT_REPLAYED, NOT_SET_UP, SAME, Outcome, replaying
from walk.recorded.row import Row
from walk.recorded.rows import SUBJECTS
from walk.recorded.wire import CannotReplayError, Endpoint

VERDICTS = (SAME, DIFFERENT, NOT_SET_UP, NOT_REPLAYED)


def main() -> int:
    """Replay, print, and return 1 if a recorded answer differs where it should not."""
    parser = argparse.ArgumentParser(prog="python -m walk.recorded", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cognito", metavar="URL", help="the project's local Cognito")
    parser.add_argument("--other", metavar="NAME=URL", action="append", default=[])
    parser.add_argument("--aws", action="store_true")
    parser.add_argument("--region", help="default: us-east-1; for AWS what boto3 finds")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--table", action="store_true", help="a table in Markdown, no details")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    subjects = {
        subject: [row for row in rows if options.only in row.name]
        for subject, rows in SUBJECTS.items()
    }
    rows = [row for chosen in subjects.values() for row in chosen]
    try:
        endpoints = _endpoints(options)
        if not endpoints:
            parser.error("name an endpoint: --cognito, --other or --aws")
        outcomes = {endpoint.name: _replay(endpoint, rows) for endpoint in endpoints}
    except CannotReplayError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(_as_json(outcomes), indent=2))
    elif options.table:
        print(table(subjects, outcomes))
    else:
        _print_details(rows, outcomes)
        print("\n" + table(subjects, outcomes))
    return int(any(_surprises(rows, results) for results in outcomes.values()))


def _endpoints(options: argparse.Namespace) -> list[Endpoint]:
    region = options.region or "us-east-1"
    endpoints = []
    if options.cognito:
        pair = [
            os.environ.get(f"AWS_{name}", "") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
        ]
        if not all(pair):
            raise CannotReplayError(
                "The local Cognito's key pair is missing: set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY to what it printed when it started."
            )
        endpoints.append(local_cognito(options.cognito, region, *pair))
    for named in options.other:
        name, _, url = named.partition("=")
        endpoints.append(other_local(name, url, region, "test", "test"))
    if options.aws:
        endpoints.append(aws(options.region))
    return endpoints


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


def _surprises(rows: Sequence[Row], results: Sequence[Outcome]) -> bool:
    return any(
        outcome.verdict in (DIFFERENT, NOT_SET_UP) and not row.unmet
        for row, outcome in zip(rows, results, strict=True)
    )


if __name__ == "__main__":
    sys.exit(main())
