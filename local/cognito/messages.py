"""Mails and texts that Cognito would send: kept, for people and tests to read."""

import re
from typing import Literal

from local.cognito.records import Message, Pool
from local.cognito.server import Call

Medium = Literal["EMAIL", "SMS"]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"\+[0-9]{2,15}")


def send(call: Call, pool: Pool, medium: Medium, to: str, subject: str, body: str) -> None:
    """Keep a message; a text has no subject."""
    call.store.save(
        Message(
            number=call.store.count(Message) + 1,
            pool_id=pool.id,
            time=call.now(),
            medium=medium,
            to=to,
            subject=subject if medium == "EMAIL" else "",
            body=body,
        )
    )


def masked(destination: str) -> str:
    """Return an address as answers show it: j***@e***, or the last four digits of a number."""
    name, at, domain = destination.partition("@")
    if at:
        return f"{name[:1]}***@{domain[:1]}***"
    return f"+{'*' * max(0, len(destination) - 5)}{destination[-4:]}"
