"""The mails and texts that a pool sends; each is returned once."""

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Protocol

from local.servers import loopback


@dataclass(frozen=True)
class Mail:
    """A mail to one or more addresses, or a text to a number, which has no subject."""

    to: tuple[str, ...]
    subject: str
    text: str


class Inbox(Protocol):
    """A source of messages."""

    def new(self) -> list[Mail]:
        """Return the messages that were not returned before; raise OSError without an answer."""


class Mailbox:
    """The messages that Cognito would have sent."""

    def __init__(self, endpoint: str) -> None:
        self._url = f"{endpoint}/local/messages"
        self._returned = 0

    def new(self) -> list[Mail]:
        """Return the messages that were not returned before; raise OSError without an answer."""
        messages = json.loads(loopback.get(self._url))
        new, self._returned = messages[self._returned :], len(messages)
        return [Mail((m["to"],), m["subject"], m["body"]) for m in new]


class MinistackMailbox:
    """The mails that ministack would have sent."""

    def __init__(self, endpoint: str) -> None:
        self._url = f"{endpoint}/_ministack/ses/messages"
        self._seen: set[str] = set()

    def new(self) -> list[Mail]:
        """Return the mails that were not returned before; raise OSError if there is no answer."""
        accounts = json.loads(loopback.get(self._url))["messages"]
        mails = []
        for message in (message for account in accounts.values() for message in account):
            if message["MessageId"] not in self._seen:
                self._seen.add(message["MessageId"])
                text = message["BodyText"] or message["BodyHtml"]
                mails.append(Mail(tuple(message["To"]), message["Subject"], text))
        return mails


def wait_for_code(inbox: Inbox, address: str, seconds: float) -> str | None:
    """Return the code of the newest message to this address; None if none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException):
            mails = [mail for mail in inbox.new() if address in mail.to]
            if mails and (code := re.search(r"\b\d{6,8}\b", mails[-1].text)):
                return code[0]
        time.sleep(0.05)
    return None
