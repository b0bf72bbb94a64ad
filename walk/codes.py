"""The codes that Cognito mails and texts: read from a local mailbox, or typed by a person."""

import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from urllib.parse import urlsplit

from local.console import printable
from local.servers import loopback
from local.servers.mailbox import Inbox, Mail, Mailbox, MinistackMailbox
from walk import curl
from walk.outcomes import GaveUpError, SkippedError

MAIL_SECONDS = 10
CODE = re.compile(r"\b\d{6,8}\b")


class Codes:
    """Where the walk's codes come from; `say` is how it asks for one."""

    def __init__(self, mailbox: Inbox | None, ask: bool, say: Callable[[str, str], None]) -> None:
        self.mailbox, self.ask, self._say = mailbox, ask or mailbox is None, say
        self._mails: list[Mail] = []
        self._read: set[int] = set()

    def code(self, address: str) -> str | None:
        """Return the newest code, or what is typed; None if another one is to be sent."""
        if not self.ask and (code := self.newest(address)):
            self._say("The code is in the local mailbox.", "\n")
            return code
        to = printable(address)
        self._say(f"Code from the message to {to} (Return sends another, skip goes on): ", "")
        typed = ""
        with suppress(OSError):  # a terminal that was closed
            typed = sys.stdin.readline()
        if not (typed and sys.stdin.isatty()):
            self._say("", "\n")
        if not typed:
            raise GaveUpError("no code was given")
        if typed.strip() == "skip":
            raise SkippedError("no code was typed")
        return "".join(typed.split())

    def newest(self, address: str) -> str | None:
        """Return the code of the newest message in the local mailbox, None if there is none."""
        code = self.search(address, CODE)
        return code[0] if code else None

    def search(
        self, address: str, pattern: re.Pattern[str], seconds: float = MAIL_SECONDS
    ) -> re.Match[str] | None:
        """Return what matches in the newest unread message to an address."""
        if self.mailbox is None:
            return None
        deadline = time.monotonic() + seconds
        while True:
            with suppress(OSError, HTTPException):
                self._mails += self.mailbox.new()
            for number in reversed(range(len(self._mails))):
                mail = self._mails[number]
                is_new = address in mail.to and number not in self._read
                if is_new and (match := pattern.search(mail.text)):
                    self._read |= {n for n in range(number + 1) if address in self._mails[n].to}
                    return match
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)


def find_mailbox(base: str, seconds: float) -> Inbox | None:
    """Return the mailbox of the local pool, if that is behind this API; raise NoAnswerError.

    The Google login leads to the pool's hosted UI: unless both it and the API are on this machine,
    the pool is on AWS.
    """
    if not curl.is_loopback(base):
        return None
    start = curl.send("GET", f"{base}/auth/google/start", seconds=seconds)
    hosted_ui = start.headers.get("Location", "")
    if not curl.is_loopback(hosted_ui):
        return None
    for kind in (Mailbox, MinistackMailbox):
        with suppress(OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError):
            mailbox = kind(f"http://{loopback.HOST}:{urlsplit(hosted_ui).port}")
            mailbox.new()  # skip earlier messages
            return mailbox
    return None
