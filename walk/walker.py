"""Takes the steps of the stories: sends each request, shows it, and checks the answer."""

import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from local.console import printable
from walk import curl, srp, values
from walk.answers import refresh_cookie, token_claims
from walk.browser import Browser
from walk.codes import Codes
from walk.curl import ApiAnswer, Body, Var
from walk.outcomes import FailedError, GaveUpError, SkippedError
from walk.records import Device, Step, User

MAX_WAIT_SECONDS = 60
CODE_ATTEMPTS = 5
WRONG_CODE = ("CodeMismatchException", "InvalidRequest")
INDENT = " " * 9
NO_PATH: Mapping[str, str] = {}
# Cognito's errors for a feature that a pool, its plan or its app client does not offer.
NOT_OFFERED = (
    "FeatureUnavailableInTierException",
    "UserPoolAddOnNotEnabledException",
    "WebAuthnNotEnabledException",
    "WebAuthnConfigurationMissingException",
    "UnsupportedOperationException",
    "OperationNotEnabledException",
    "SoftwareTokenMFANotFoundException",
    # The errors of other servers of the protocol for an operation that they do not have.
    "InvalidAction",
    "UnknownOperationException",
    "MissingAuthenticationTokenException",
)


class Walker:
    """One user's way through the stories, and the results."""

    def __init__(
        self,
        base: str,
        email: str,
        codes: Callable[["Walker"], Codes],
        *,
        seconds: float,
        phone: str | None = None,
        new_email: str,
        browser: Browser | None,
        is_patient: bool,
    ) -> None:
        self.base, self.seconds, self.phone, self.new_email = base, seconds, phone, new_email
        self.browser = browser
        # Whether to wait for an authenticator's next code rather than set up another one, of which
        # it is not known whether AWS takes it in the middle of a login.
        self.is_patient = is_patient
        self.user = User(email, emails=[email])
        self.codes = codes(self)
        self.steps: list[Step] = []
        self._noted: Exception | None = None
        self.story = ""
        self.log = sys.stdout
        self.heard, self.interrupted = True, False
        self.device: Device | None = None
        self.is_aside = False
        self.guest_may_exist = False  # a second user, who comes from the stand-in for Google
        self.exchange = srp.Client()  # the newest run of SRP
        # A hundred characters of four kinds, which every password policy accepts.
        self.values: dict[Var, str] = {
            name: f"{secrets.token_urlsafe(72)}-aA1"
            for name in (values.PASSWORD, values.NEW_PASSWORD, values.RESET_PASSWORD)
        }

    def say(self, text: str = "", end: str = "\n") -> None:
        """Print at once; without a reader go on silently, because a user may have to be deleted."""
        try:
            print(text, end=end, file=self.log, flush=True)
        except OSError:  # the reader of a pipe is gone, as in `make walk | head`, or the terminal
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.log.fileno())
            self.heard = False

    def note(self, text: str, end: str = "\n") -> None:
        """Print below a step."""
        self.say(f"{INDENT}{text}" if text else "", end)

    def call(
        self,
        title: str,
        request: str,
        body: Body | None = None,
        *,
        bearer: Var | None = None,
        cookie: Var | None = None,
        query: Mapping[str, str | Var] | None = None,
        status: int | tuple[int, ...] = 200,
        error: str = "",
        shows: Mapping[str, object] | None = None,
        may_refuse: tuple[str, ...] = (),
        learns: Mapping[str, Var] = values.MEMBERS,
        code_to: str = "",
        send_again: Callable[[], object] | None = None,
        path: Mapping[str, str] = NO_PATH,
    ) -> ApiAnswer:
        """Take a step and return its answer, which has a wanted `status`, `error` and members.

        `path` has the path's parameters. A refusal in NOT_OFFERED or `may_refuse` ends the story
        as skipped, any other as failed. `code_to` is where Cognito sends the code that the body
        takes as $CODE, and `send_again` makes it send another.
        """
        wanted = status if isinstance(status, tuple) else (status,)
        step = Step(self.story, title, request, wanted=wanted, is_aside=self.is_aside)
        self.steps.append(step)
        self.say(f"\n  {len(self.steps):3}  {title}")

        def send() -> ApiAnswer:
            return self._patiently(step, request, body, bearer, cookie, query, learns, path)

        try:
            answer = self._with_code(send, code_to, send_again) if code_to else send()
            self._judge(step, answer, error, shows or {}, may_refuse)
        except (FailedError, GaveUpError, SkippedError, curl.NoAnswerError) as reason:
            self.end_with(reason)
        step.outcome, step.note = "passed", ""
        return answer

    def end_with(self, reason: Exception) -> NoReturn:
        """End the story here, for a reason other than the answer's status."""
        self.end_story(reason)
        raise reason

    def end_story(self, reason: Exception) -> None:
        """Note at its last step why a story ends early, once."""
        if reason is self._noted:
            return
        self._noted = reason
        if not self.steps or self.steps[-1].story != self.story:
            self.steps.append(Step(self.story, "Begin", ""))
        step = self.steps[-1]
        step.outcome = "skipped" if isinstance(reason, SkippedError) else "failed"
        step.note = str(reason)
        self.note(f"{step.outcome}: {step.note}")

    def insist(self, title: str, request: str, body: Body | None = None, **more: Any) -> ApiAnswer:
        """Take a step and accept every answer except a failure of the API."""
        answer = self.call(title, request, body, status=tuple(range(200, 600)), **more)
        if answer.status >= 500:
            raise curl.NoAnswerError(f"{answer.status} is no answer")
        return answer

    def _judge(
        self,
        step: Step,
        answer: ApiAnswer,
        error: str,
        shows: Mapping[str, object],
        may_refuse: tuple[str, ...],
    ) -> None:
        if answer.status not in step.wanted:
            if answer.error in NOT_OFFERED or answer.error in may_refuse:
                raise SkippedError(printable(f"{answer.error}: {answer.json.get('message')}"))
            if answer.status == 202:
                asked = printable(str(answer.json.get("challenge")))
                raise FailedError(f"Cognito also asks for {asked}, which the walk cannot give")
            raise FailedError(
                f"the answer should be {' or '.join(map(str, step.wanted))}, not {answer.status}"
            )
        if error and answer.error != error:
            raise FailedError(f"the error should be {error}, not {printable(answer.error)}")
        members = answer.json.get("attributes", answer.json)
        for name, value in shows.items():
            if not isinstance(members, dict) or members.get(name) != value:
                raise FailedError(f"{name} should be {printable(str(value))}")

    def _with_code(
        self, send: Callable[[], ApiAnswer], address: str, again: Callable[[], object] | None
    ) -> ApiAnswer:
        """Send a request with a code, again while the code is wrong."""
        answer = None
        for _ in range(CODE_ATTEMPTS):
            code = self.codes.code(address)
            if not code:
                if again:
                    again()
                continue
            self.values[values.CODE] = code
            answer = send()
            if answer.error not in WRONG_CODE:
                break
        if not answer:
            raise GaveUpError("no code was given")
        return answer

    def _patiently(self, step: Step, *request: Any) -> ApiAnswer:
        """Make a step's request; again if the API asks to wait for a short time."""
        answer = self._send(step, *request)
        wait = answer.headers.get("Retry-After", "2")
        if answer.status == 429 and wait.isdecimal() and int(wait) <= MAX_WAIT_SECONDS:
            self.wait(int(wait), "as the API asks")
            answer = self._send(step, *request)
        return answer

    def wait(self, seconds: float, why: str) -> None:
        """Wait, and say so."""
        self.note(f"Waiting {seconds:.0f} s, {why}")
        time.sleep(seconds)

    def _send(
        self,
        step: Step,
        request: str,
        body: Body | None,
        bearer: Var | None,
        cookie: Var | None,
        query: Mapping[str, str | Var] | None,
        learns: Mapping[str, Var],
        path: Mapping[str, str],
    ) -> ApiAnswer:
        """Make a step's request once; show it and its answer."""
        method, place = request.split()
        url = self.base + re.sub(r"{(\w+)}", lambda part: quote(path[part[1]], safe=""), place)
        given = {name: curl.filled_in(value, self.values) for name, value in (query or {}).items()}
        shown = "&".join(
            f"{name}=${value}" if isinstance(value, Var) else urlencode({name: value})
            for name, value in (query or {}).items()
        )
        flags = "-i" if step.wanted[0] in (302, 303) else ""
        self.note(curl.line(method, url, body, bearer, cookie, flags, shown))
        answer = curl.send(
            method,
            f"{url}?{urlencode(given)}" if given else url,
            curl.filled_in(body, self.values) if body else None,
            self.values[bearer] if bearer else None,
            self.seconds,
            self.values[cookie] if cookie else None,
        )
        step.answer = answer
        self._learn(answer, learns)
        self.note(f"{answer.status} in {answer.seconds * 1000:.0f} ms")
        for text in curl.show(answer, self.values).splitlines():
            self.note(text)
        return answer

    def _learn(self, answer: ApiAnswer, learns: Mapping[str, Var]) -> None:
        """Keep what later steps need."""
        if learns is values.MEMBERS and (cookie := refresh_cookie(answer)):
            self.values[values.REFRESH_COOKIE] = cookie
        for member, name in learns.items():
            if isinstance(value := answer.json.get(member), str) and value:
                self.values[name] = value
        if isinstance(answer.json.get("access_token"), str) and learns is values.MEMBERS:
            self.user.logged_in = True
            claims = token_claims(self.values[values.ACCESS_TOKEN])
            self.user.pool_id = str(claims.get("iss", "")).rpartition("/")[2]
