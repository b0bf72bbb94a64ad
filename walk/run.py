"""`make walk`: run the stories on a running API, and delete the user afterwards."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from io import TextIOWrapper

from local.console import printable
from local.servers import loopback
from walk import curl, report, user
from walk.browser import Browser
from walk.codes import Codes, find_mailbox
from walk.outcomes import FailedError, GaveUpError, SkippedError
from walk.records import CLEANING_UP
from walk.stories import STORIES
from walk.stories.hosted_login import delete_guest
from walk.stories.story import Story
from walk.walker import Walker

ANSWER_SECONDS = 35  # API Gateway itself gives up after 30
LOCAL_PHONE = "+12065550100"  # 555-01xx is reserved for examples
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Raised for an answer without something that the next step needs.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)

INTRODUCTION = """\
Walking through {base} as {email}. The codes are {codes}.
To type a line yourself, set its variables first: PASSWORD, NEW_PASSWORD and RESET_PASSWORD as you
like, CODE from the newest message, the others from the newest answer that has them."""


def main() -> int:
    """Walk, clean up and show what passed; return 0 if all did and no user is left."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without UTF-8 does not end the walk
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
    options = _options()
    try:
        walk = walker(options.base_url, options.email, options.phone, options.ask, options.timeout)
    except curl.NoAnswerError as error:
        print(nothing_there(options.base_url, error), file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    stories = [STORIES[name] for name in options.only or STORIES]
    none_left = take(walk, stories)
    _ignore_signals()  # the table and the warning are to be read
    walk.say(report.table(walk.steps, stories))
    if none_left:
        walk.say("No user is left behind.")
    else:
        with suppress(OSError):
            print(f"\n{user.left_behind(walk)}", file=sys.stderr, flush=True)
    return 0 if report.passed(walk.steps, stories) and none_left else 1


def walker(base: str, email: str | None, phone: str | None, ask: bool, seconds: float) -> Walker:
    """Return the walker; raise NoAnswerError, or ValueError without an email."""
    mailbox = find_mailbox(base, seconds)
    if not (email or mailbox):
        raise ValueError(
            "--email is needed, as the local pool is not behind"
            f" {base}: whom the codes are mailed to."
        )
    email = email or f"walk-{secrets.token_hex(6)}@example.com"
    name, _, host = email.rpartition("@")
    return Walker(
        base,
        email,
        lambda walk: Codes(mailbox, ask, walk.note),
        seconds=seconds,
        phone=phone or (LOCAL_PHONE if mailbox else None),
        new_email=f"{name}{'-' if '+' in name else '+'}new@{host}",
        browser=Browser(seconds) if mailbox else None,
        is_patient=mailbox is None,
    )


def take(walk: Walker, stories: Collection[Story]) -> bool:
    """Run the stories and clean up; return whether it is certain that no user is left."""
    before = {number: signal.signal(number, _stop) for number in SIGNALS}
    none_left = False
    try:
        codes = "to be typed" if walk.codes.ask else "read from the local mailbox"
        walk.say(INTRODUCTION.format(base=walk.base, email=printable(walk.user.email), codes=codes))
        _tell(walk, stories)
        _ignore_signals()
    except KeyboardInterrupt:
        walk.interrupted = True
        walk.say("\n\nInterrupted. A second Ctrl-C also ends the cleaning up.")
    finally:
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.default_int_handler)
            walk.story = CLEANING_UP
            for _ in range(user.CLEAN_UP_ATTEMPTS):
                with suppress(FailedError, SkippedError, curl.NoAnswerError):
                    delete_guest(walk)
                    break
            none_left = user.leave_nothing(walk) and not walk.guest_may_exist
        for number, handler in before.items():
            signal.signal(number, handler)
    return none_left


def _tell(walk: Walker, stories: Iterable[Story]) -> None:
    """Run one story after the other, until the rest could not succeed."""
    count = len(list(stories))
    for number, story in enumerate(stories, start=1):
        if not walk.heard:
            return
        walk.story = story.title
        walk.say(f"\n{number}/{count}  {story.title}  (ONLY={story.name})")
        try:
            if story.needs_user:
                user.be_logged_in(walk)
            story.tell(walk)
        except (FailedError, SkippedError) as reason:
            walk.end_story(reason)
        except UNREADABLE as error:
            lacks = f"the answer is not what the walk can read: {type(error).__name__} {error}"
            walk.end_story(FailedError(printable(lacks)))
        except (GaveUpError, curl.NoAnswerError) as reason:
            walk.end_story(reason)
            return


def nothing_there(base: str, error: curl.NoAnswerError) -> str:
    """Return what to say where no API is."""
    return (
        f"{base}: {error}. `make run` starts the API;"
        " PORT=5001 says that it is at another port, BASE_URL=... that it is elsewhere."
    )


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _stop(*_: object) -> None:
    # Only once: a terminal that is closed hangs up twice, and cleaning up must go on.
    _ignore_signals()
    raise KeyboardInterrupt


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `make fidelity` also has."""

    def address(text: str) -> str:
        try:
            return curl.base_url(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{printable(text)}: {error}") from error

    parser.add_argument(
        "--base-url",
        type=address,
        default=f"http://{loopback.HOST}:{os.environ.get('PORT', '').strip() or '5000'}",
        help="where the API is (default: %(default)s)",
    )
    parser.add_argument("--email", help="the new user's (default: made up, in the local pool)")
    parser.add_argument("--phone", help="for text messages (default: none, if not made up)")
    parser.add_argument("--ask", action="store_true", help="do not read the local mailbox")
    patience = "seconds to wait for an answer (default: %(default)s)"
    parser.add_argument("--timeout", type=float, default=ANSWER_SECONDS, help=patience)
    parser.add_argument(
        "--only",
        type=_names,
        default=[],
        help=f"the stories to tell, of: {', '.join(STORIES)} (default: all)",
    )


def _names(text: str) -> list[str]:
    names = text.replace(",", " ").split()
    for name in names:
        if name not in STORIES:
            known = ", ".join(STORIES)
            raise argparse.ArgumentTypeError(
                f"there is no story {printable(name)!r}; there are: {known}"
            )
    return names


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m walk", description="Walk through every flow of an API with a new user."
    )
    add_options(parser)
    return parser.parse_args()
