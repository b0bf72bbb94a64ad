"""The local Cognito answers as Amazon Cognito was recorded to: every row of walk/recorded."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.local_cognito import run_cognito
from tests.support.project import ROOT
from walk.recorded.endpoints import local_cognito
from walk.recorded.replay import Replayer, replaying
from walk.recorded.row import Row
from walk.recorded.rows import SUBJECTS


@pytest.fixture(scope="module")
def replayer(environment: object) -> Iterator[Replayer]:
    """Give a replayer on a local Cognito of its own, because rows move the clock."""
    with run_cognito(f"--triggers={ROOT / 'local' / 'triggers.py'}") as cognito:
        endpoint = local_cognito(cognito.url, cognito.region, *cognito.key_pair)
        with replaying(endpoint) as replayer:
            yield replayer


ROWS = [row for rows in SUBJECTS.values() for row in rows]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row,
            id=row.name,
            # What the local Cognito is known to answer otherwise has to stay known.
            marks=[pytest.mark.xfail(reason=row.unmet, strict=True)] if row.unmet else [],
        )
        for row in ROWS
    ],
)
def test_row(row: Row, replayer: Replayer) -> None:
    """A recorded answer, in the form that every recorded answer had."""
    assert replayer.play(row).problems() == []


def test_each_row_has_a_name_of_its_own() -> None:
    """A row is found by its name."""
    names = Counter(row.name for row in ROWS)
    assert [name for name, count in names.items() if count > 1] == []
