"""`python -m walk`, which is what `make walk` runs: every flow that a mailbox can carry.

It walks through a running API, on this machine or deployed, as a new user, and leaves no user
behind. It deletes nobody else: it has to log in first, with a password that it made up.
"""

import argparse
import os
import secrets
import shlex
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from io import TextIOWrapper
from urllib.parse import urljoin, urlsplit

from local.console import printable
from local.servers import loopback
from local.servers.mailbox import Inbox, Mailbox, MinistackMailbox, wait_for_code
from walk import curl, story
from walk.curl import ApiAnswer, NoAnswerError, Var
from walk.story import STORY, Step

ANSWER_SECONDS = 35  # API Gateway itself gives up after 30
MAIL_SECONDS = 10
MAX_WAIT_SECONDS = 60
CODE_ATTEMPTS = 5
CLEAN_UP_ATTEMPTS = 3
INDENT = " " * 7
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

INTRODUCTION = """\
Walking through {base} as {email}. The codes are {codes}.
To type a line yourself, set its variables first: PASSWORD and NEW_PASSWORD as you like, CODE from
the newest mail, ACCESS_TOKEN and REFRESH_TOKEN from the newest answer that has them."""


class GaveUpError(Exception):
    """Why a step cannot be taken."""


@dataclass
class Result:
    """What became of a step; `status` is that of its last answer."""

    outcome: str = "not reached"
    note: str = ""
    status: int | None = None


class Walk:
    """One user's way through the story."""

    def __init__(
        self, base: str, email: str, mailbox: Inbox | None, ask: bool, seconds: float
    ) -> None:
        self._base, self._mailbox, self._ask, self._seconds = base, mailbox, ask, seconds
        self._public: dict[Var, str] = {story.EMAIL: email}
        # A hundred characters of four kinds: no password policy can ask for more.
        made_up = (f"{secrets.token_urlsafe(72)}-aA1" for _ in range(2))
        self._secrets = dict(zip((story.PASSWORD, story.NEW_PASSWORD), made_up, strict=True))
        self._results = {step.title: Result() for step in STORY}
        self._result = Result()
        self._heard = True
        # Of the user: whether there may be one, and what is known of it.
        self._may_exist = self._signed_up = self._confirmed = self._delete_sent = False
        self._pool_id = ""

    def say(self, text: str = "", end: str = "\n") -> None:
        """Print at once. Without a reader it goes on silently: there may be a user to delete."""
        try:
            print(text, end=end, flush=True)
        except OSError:  # of a pipe, as in `make walk | head`, or of a terminal that was closed
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._heard = False

    def go(self) -> None:
        """Take the steps until there is no point in going on."""
        for number, step in enumerate(STORY, start=1):
            self.say(f"\n{number:2}/{len(STORY)}  {step.title}")
            self._result = self._results[step.title]
            self._result.outcome, self._result.note = "failed", "interrupted"
            try:
                outcome, note = self._take(step)
            except (NoAnswerError, GaveUpError) as error:
                outcome, note = "failed", str(error)
            self._result.outcome, self._result.note = outcome, note
            if note:
                self.say(f"{INDENT}{outcome}: {note}")
            if not self._heard or (outcome == "failed" and step.vital):
                return

    def leave_nothing(self) -> bool:
        """Delete the user if there may still be one; return whether none is left for certain."""
        self._result = Result()
        for attempt in range(CLEAN_UP_ATTEMPTS if self._may_exist else 0):
            self.say(f"\n       {'Once more' if attempt else 'Cleaning up'}")
            time.sleep(attempt)
            try:
                self._may_exist = not self._delete()
                break
            except NoAnswerError as error:
                self.say(f"{INDENT}{error}")
        return not self._may_exist

    def left_behind(self) -> str:
        """Return what a person can do about a user whom the walk could not delete."""
        name = self._public[story.EMAIL]
        warning = f"A USER {'IS' if self._signed_up else 'MAY BE'} LEFT BEHIND: {name}."
        if self._mailbox:
            return printable(f"{warning} It is gone when the local AWS is stopped.")
        pool, where = '"$USER_POOL_ID"', ", where USER_POOL_ID is that of the API's settings"
        if self._pool_id:
            region = shlex.quote(self._pool_id.partition("_")[0])
            pool, where = f"{shlex.quote(self._pool_id)} --region {region}", ""
        name = shlex.quote(self._public.get(story.SUB, name))
        line = f"aws cognito-idp admin-delete-user --user-pool-id {pool} --username {name}"
        return printable(f"{warning} To delete it, with AWS credentials{where}:\n\n  {line}\n")

    def table(self) -> str:
        """Return what became of the steps."""
        rows = [
            f"  {result.outcome:<11}  {result.status or '':<3}  {title}"
            + (f" ({result.note})" if result.note else "")
            for title, result in self._results.items()
        ]
        outcomes = [result.outcome for result in self._results.values()]
        kinds = ("passed", "failed", "skipped", "not reached")
        counts = ", ".join(f"{outcomes.count(kind)} {kind}" for kind in kinds if kind in outcomes)
        return "\n".join(["", *rows, "", f"{counts}."])

    @property
    def passed(self) -> bool:
        """Whether every step that this pool has was taken, and none failed."""
        return all(result.outcome in ("passed", "skipped") for result in self._results.values())

    def _take(self, step: Step) -> tuple[str, str]:
        if step is story.CONFIRM and self._confirmed:
            return "skipped", "the pool confirms everybody by itself"
        answer = self._with_code(step) if story.CODE in step.body.values() else self._request(step)
        if step is story.GOOGLE and answer.status == step.status:
            return self._follow_to_google(answer)
        problem = self._problem(step, answer)
        if step is story.GONE and not problem:
            self._may_exist = False
        return ("failed", problem) if problem else ("passed", "")

    def _problem(self, step: Step, answer: ApiAnswer) -> str:
        """Say what is wrong with the answer, if anything is."""
        if answer.status == 202:
            asked = printable(str(answer.json.get("challenge")))
            return f"Cognito also asks for {asked}, which the walk cannot give"
        exists = (
            (story.SIGN_UP, "UsernameExistsException"),
            (story.STRANGER, "UserNotConfirmedException"),
        )
        if (step, answer.error) in exists:
            return "this user exists already, and is left alone: choose another --email"
        if answer.status != step.status:
            return f"the answer should be {step.status}, not {answer.status}"
        attributes = answer.json.get("attributes", answer.json)
        for name, value in step.shows.items():
            wanted = self._public.get(value, value) if isinstance(value, Var) else value
            if not isinstance(attributes, dict) or attributes.get(name) != wanted:
                return f"{name} should be {printable(str(wanted))}"
        return ""

    def _with_code(self, step: Step) -> ApiAnswer:
        """Take a step that needs a mailed code, until it is not the code that is wrong."""
        answer = None
        for _ in range(CODE_ATTEMPTS):
            code = self._code()
            if not code:
                self._request(story.RESEND_CODE if step is story.CONFIRM else story.FORGET_PASSWORD)
                continue
            self._secrets[story.CODE] = code
            answer = self._request(step)
            if answer.error not in ("CodeMismatchException", "InvalidRequest"):
                break
        if not answer:
            raise GaveUpError("no code was given")
        return answer

    def _code(self) -> str:
        """Return the code of the newest mail, or what is typed; nothing asks for another mail."""
        if not self._ask and (code := self._mailed_code()):
            self.say(f"{INDENT}The code is in the local mailbox.")
            return code
        to = printable(self._public[story.EMAIL])
        self.say(f"{INDENT}Code from the mail to {to} (Return sends another): ", end="")
        typed = ""
        with suppress(OSError):  # a terminal that was closed
            typed = sys.stdin.readline() if self._heard else ""
        if not (typed and sys.stdin.isatty()):
            self.say()
        if not typed:
            raise GaveUpError("no code was given")
        return "".join(typed.split())

    def _mailed_code(self) -> str | None:
        email = self._public[story.EMAIL]
        return wait_for_code(self._mailbox, email, MAIL_SECONDS) if self._mailbox else None

    def _request(self, step: Step) -> ApiAnswer:
        """Make a step's request; once more if the API asks for patience that can be had."""
        answer = self._send(step)
        wait = answer.headers.get("Retry-After", "2")
        if answer.status == 429 and wait.isdecimal() and int(wait) <= MAX_WAIT_SECONDS:
            self.say(f"{INDENT}Waiting {int(wait)} s")
            time.sleep(int(wait))
            answer = self._send(step)
        return answer

    def _send(self, step: Step) -> ApiAnswer:
        """Make a step's request once; show it and its answer."""
        method, path = step.request.split()
        shown = {
            name: self._public.get(value, value) if isinstance(value, Var) else value
            for name, value in step.body.items()
        }
        sent = {
            name: self._secrets[value] if isinstance(value, Var) else value
            for name, value in shown.items()
        }
        token = self._secrets[step.bearer] if step.bearer else None
        flags = "-i" if step is story.GOOGLE else ""
        self.say(INDENT + curl.line(method, self._base + path, shown, step.bearer, flags))
        self._may_exist |= step is story.SIGN_UP
        self._delete_sent |= step is story.DELETE
        answer = curl.send(method, self._base + path, sent, token, self._seconds)
        self._result.status = answer.status
        text = curl.show(answer, self._secrets)
        self._learn(step, answer)
        self.say(f"{INDENT}{answer.status} in {answer.seconds * 1000:.0f} ms")
        for line in text.splitlines():
            self.say(f"{INDENT}{line}")
        return answer

    def _learn(self, step: Step, answer: ApiAnswer) -> None:
        """Keep what later steps need, and what is known of the user."""
        if step is story.SIGN_UP:
            self._signed_up = answer.status == 200
            self._may_exist = not 400 <= answer.status < 500
            self._confirmed = answer.json.get("user_confirmed") is True
            if isinstance(sub := answer.json.get("user_sub"), str):
                self._public[story.SUB] = sub
        if isinstance(issuer := answer.json.get("iss"), str):
            self._pool_id = issuer.rpartition("/")[2]
        for name in (story.ACCESS_TOKEN, story.REFRESH_TOKEN):
            if isinstance(token := answer.json.get(name.lower()), str) and token:
                self._secrets[name] = token

    def _follow_to_google(self, answer: ApiAnswer) -> tuple[str, str]:
        """Look where the hosted UI sends the browser: to Google only if the pool knows Google."""
        hosted_ui = answer.headers.get("Location", "")
        try:
            onward = curl.send("GET", hosted_ui, seconds=self._seconds)
            there = urlsplit(urljoin(hosted_ui, onward.headers.get("Location", ""))).netloc
            ours = (urlsplit(hosted_ui).netloc, urlsplit(self._base).netloc)
        except (NoAnswerError, ValueError) as error:
            return "failed", f"the hosted UI: {error}"
        if there in ours:
            return (
                "skipped",
                "the hosted UI leads to no Google: it is not set up for this pool and URL",
            )
        return "passed", f"log in there: {self._base}/auth/google/start"

    def _delete(self) -> bool:
        """Log in by a password of the walk's own and delete the user; return whether it is gone.

        Only the pool knows which of the two passwords is the user's now.
        """
        for login in (story.LOG_IN, story.LOG_IN_ANEW):
            answer = self._insist(login)
            if answer.error == "UserNotConfirmedException" and self._confirm_by_mail():
                answer = self._insist(login)
            if answer.status == 200:
                return self._insist(story.DELETE).status == 200
            if answer.status != 401:
                return False
        return self._delete_sent or not self._signed_up

    def _confirm_by_mail(self) -> bool:
        # Where the walk cannot read the mailbox, nobody may be there to type the code either.
        if not self._mailbox:
            return False
        self._insist(story.RESEND_CODE)
        self._secrets[story.CODE] = self._mailed_code() or "none came"
        return self._insist(story.CONFIRM).status == 200

    def _insist(self, step: Step) -> ApiAnswer:
        """Make a request, for which a failure of the API's is no answer."""
        answer = self._request(step)
        if answer.status >= 500:
            raise NoAnswerError(f"{answer.status} is no answer")
        return answer


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
            mailbox.new()  # earlier mails are not for this walk
            return mailbox
    return None


def main() -> int:
    """Walk, clean up and show what passed; return 0 if all did and no user is left."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without UTF-8 ends no walk
            stream.reconfigure(errors="replace" if stream is sys.stdin else "backslashreplace")
    options = _options()
    base, seconds = options.base_url, options.timeout
    try:
        mailbox = find_mailbox(base, seconds)
    except NoAnswerError as error:
        print(f"{base}: {error}. `make run` starts the API.", file=sys.stderr)
        return 1
    if not (options.email or mailbox):
        wanted = "--email is needed, as the local pool is not behind"
        print(f"{wanted} {base}: whom the codes are mailed to.", file=sys.stderr)
        return 2
    email = options.email or f"walk-{secrets.token_hex(6)}@example.com"
    ask = options.ask or not mailbox
    walk = Walk(base, email, mailbox, ask, seconds)
    for number in SIGNALS:
        signal.signal(number, _stop)
    none_left = False
    try:
        codes = "to be typed" if ask else "read from the local mailbox"
        walk.say(INTRODUCTION.format(base=base, email=printable(email), codes=codes))
        walk.go()
        _ignore_signals()
    except KeyboardInterrupt:
        walk.say("\n\nInterrupted. A second Ctrl-C also ends the cleaning up.")
    finally:
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.default_int_handler)
            none_left = walk.leave_nothing()
        _ignore_signals()
        walk.say(walk.table())
        if none_left:
            walk.say("No user is left behind.")
        else:
            with suppress(OSError):
                print(f"\n{walk.left_behind()}", file=sys.stderr, flush=True)
    return 0 if walk.passed and none_left else 1


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _stop(*_: object) -> None:
    # Once: a terminal that is closed hangs up twice, and the cleaning up is to go on.
    _ignore_signals()
    raise KeyboardInterrupt


def _options() -> argparse.Namespace:
    def address(text: str) -> str:
        try:
            return curl.base_url(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{printable(text)}: {error}") from error

    parser = argparse.ArgumentParser(
        "python -m walk", description="Walk through every flow of an API with a new user."
    )
    parser.add_argument(
        "--base-url",
        type=address,
        default=f"http://{loopback.HOST}:{os.environ.get('PORT', '').strip() or '5000'}",
        help="where the API is (default: %(default)s)",
    )
    parser.add_argument("--email", help="the new user's (default: made up, in the local pool)")
    parser.add_argument("--ask", action="store_true", help="do not read the local mailbox")
    patience = "seconds to wait for an answer (default: %(default)s)"
    parser.add_argument("--timeout", type=float, default=ANSWER_SECONDS, help=patience)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
