"""The mails that the pool sends, each handed out once."""

import json
from dataclasses import dataclass

from local import loopback


@dataclass(frozen=True)
class Mail:
    """A mail to one or more addresses."""

    to: tuple[str, ...]
    subject: str
    text: str


class Mailbox:
    """What ministack would have sent."""

    def __init__(self, endpoint: str) -> None:
        self._url = f"{endpoint}/_ministack/ses/messages"
        self._seen: set[str] = set()

    def new(self) -> list[Mail]:
        """Return the mails that were not returned before; raise OSError if ministack is away."""
        accounts = json.loads(loopback.get(self._url))["messages"]
        mails = []
        for message in (message for account in accounts.values() for message in account):
            if message["MessageId"] not in self._seen:
                self._seen.add(message["MessageId"])
                text = message["BodyText"] or message["BodyHtml"]
                mails.append(Mail(tuple(message["To"]), message["Subject"], text))
        return mails
