"""State: dataclass records kept as JSON documents in SQLite, in memory or in one file.

A record is a dataclass with a `key` that is unique in its class and a `parent` to list it by.
Small pools are what this is for: a search reads every record of a parent.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar, Protocol, TypeVar


class Record(Protocol):
    """What the store keeps: a dataclass whose fields are JSON values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def key(self) -> str:
        """Name this record among all of its class."""

    @property
    def parent(self) -> str:
        """Name what it belongs to: a pool's id, a user's key."""


R = TypeVar("R", bound=Record)


class Store:
    """All records of one local Cognito."""

    def __init__(self, file: Path | None) -> None:
        """Open the file, or keep everything in memory when there is none."""
        # Autocommit mode: `transaction` below begins and ends them. SQLite's journal undoes what
        # a killed process left half written.
        self._db = sqlite3.connect(
            file or ":memory:", isolation_level=None, check_same_thread=False
        )
        self._lock = RLock()
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS records ("
            " kind TEXT, key TEXT, parent TEXT, document TEXT,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS by_parent ON records (kind, parent)")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that the block writes, or nothing if it raises; one block runs at a time."""
        with self._lock:
            if self._db.in_transaction:  # a block within a block is part of it
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def save(self, record: Record) -> None:
        """Insert the record, or replace the one with its key."""
        document = json.dumps(asdict(record))
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)",
                (type(record).__name__, record.key, record.parent, document),
            )

    def delete(self, record: Record) -> None:
        """Remove the record, if it is there."""
        with self._lock:
            self._db.execute(
                "DELETE FROM records WHERE kind = ? AND key = ?",
                (type(record).__name__, record.key),
            )

    def get(self, kind: type[R], key: str) -> R | None:
        """Return the record with this key."""
        rows = self._rows("kind = ? AND key = ?", kind.__name__, key)
        return kind(**rows[0]) if rows else None

    def all(self, kind: type[R], parent: str | None = None) -> list[R]:
        """Return all records of a class, or those of one parent, in the order of their keys."""
        if parent is None:
            rows = self._rows("kind = ?", kind.__name__)
        else:
            rows = self._rows("kind = ? AND parent = ?", kind.__name__, parent)
        return [kind(**row) for row in rows]

    def count(self, kind: type[R], parent: str | None = None) -> int:
        """Return how many records of a class there are, or of one parent."""
        with self._lock:
            (number,) = self._db.execute(
                "SELECT COUNT(*) FROM records WHERE kind = ? AND parent = COALESCE(?, parent)",
                (kind.__name__, parent),
            ).fetchone()
        return int(number)

    def where(self, kind: type[R], parent: str, path: str, value: str) -> list[R]:
        """Return a parent's records that have this text at a JSON path, as `$.attributes.email`."""
        rows = self._rows(
            "kind = ? AND parent = ? AND json_extract(document, ?) = ?",
            kind.__name__,
            parent,
            path,
            value,
        )
        return [kind(**row) for row in rows]

    def _rows(self, condition: str, *values: str) -> list[dict[str, Any]]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT document FROM records WHERE {condition} ORDER BY key",  # noqa: S608
                values,
            ).fetchall()
        return [json.loads(document) for (document,) in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
