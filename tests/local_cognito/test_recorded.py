"""The local Cognito answers as Amazon Cognito was recorded to: every row of walk/recorded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.support.local_cognito import run_cognito
from walk.recorded.endpoints import local_cognito
from walk.recorded.replay import Replayer, replaying
from walk.recorded.row import Row
from walk.recorded.rows import RECORDED
from walk.recorded.rows.reported import REPORTED


@pytest.fixture(scope="module")
def replayer(environment: object) -> Iterator[Replayer]:
    """Give a replayer on a local Cognito of its own, because rows move the clock."""
    with run_cognito() as cognito:
        endpoint = local_cognito(cognito.url, cognito.region, *cognito.key_pair)
        with replaying(endpoint) as replayer:
            yield replayer


def as_parameters(rows: Sequence[Row]) -> list[Any]:
    """Return the rows as pytest's parameters; what is known to be unmet has to stay unmet."""
    return [
        pytest.param(
            row,
            id=row.name,
            marks=[pytest.mark.xfail(reason=row.unmet, strict=True)] if row.unmet else [],
        )
        for row in rows
    ]


@pytest.mark.parametrize("row", as_parameters(RECORDED))
def test_recorded(row: Row, replayer: Replayer) -> None:
    """A recorded answer, with the form that every recorded answer had."""
    assert replayer.play(row).problems() == []


@pytest.mark.parametrize("row", as_parameters(REPORTED))
def test_reported(row: Row, replayer: Replayer) -> None:
    """An answer that others published."""
    assert replayer.play(row).problems() == []


def test_each_row_has_a_name_of_its_own() -> None:
    """A row is found by its name."""
    names = Counter(row.name for row in (*RECORDED, *REPORTED))
    assert [name for name, count in names.items() if count > 1] == []
