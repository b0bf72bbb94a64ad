"""`make walk` as its user sees it, through the real API and through one that fails half-way."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug import Response

from app.swagger import SPEC
from local.servers import loopback
from local.servers.pool import Pool, create_pool
from local.servers.stack import callback_urls, logout_urls
from tests.support.flawed import (
    Flaw,
    Flawed,
    answering,
    as_it_is,
    broken,
    dead,
    dripping,
    flawed,
    lost,
)
from tests.support.live import (
    PASSWORD,
    Live,
    below,
    listen,
    make_app,
    new_email,
    run_beside,
    serve,
    skip_unless,
)
from tests.support.project import ROOT
from walk.stories import STORIES

NOBODY_LEFT = "No user is left behind."
# What changes how the walk's user can be deleted, and the story that does it.
RISKY = {
    "POST /auth/login": "sign-up",
    "POST /auth/signup": "sign-up",
    "POST /auth/confirm": "sign-up",
    "POST /auth/start": "sign-up",
    "POST /auth/change-password": "passwords",
    "POST /auth/reset-password": "passwords",
    "PUT /mfa": "second-factors",
    "POST /auth/challenge": "second-factors",
    "POST /auth/logout-everywhere": "tokens",
    "PUT /profile/email": "changed-email",
    "POST /profile/email/verification/confirm": "changed-email",
    "POST /auth/hosted/token": "hosted-login",
    "GET /auth/google/callback": "hosted-login",
    "DELETE /me": "deletion",
}


@pytest.fixture(scope="module")
def apps(live: Live) -> dict[str, Flask]:
    """Build the API twice; the far one's hosted UI is on AWS, and its pool must be so, too."""
    elsewhere = f"https://login.example.com:{live.stack.aws.port}"
    return {"near": make_app(live.stack), "far": make_app(live.stack, COGNITO_DOMAIN=elsewhere)}


@pytest.fixture(scope="module")
def full(live: Live) -> Iterator[Live]:
    """Run an API in front of a pool that offers all there is."""
    with run_beside(live, "devices", "threat-protection") as other:
        yield other


@pytest.fixture
def api(apps: dict[str, Flask]) -> Iterator[Flawed]:
    """Give the API in front of the local pool."""
    with flawed(apps["near"]) as api:
        yield api


@pytest.fixture
def far(apps: dict[str, Flask]) -> Iterator[Flawed]:
    """Give an API whose mails nothing here can read."""
    with flawed(apps["far"]) as api:
        yield api


def command(url: str, *options: str) -> list[str]:
    return [sys.executable, "-B", "-m", "walk", "--base-url", url, *options]


def walk(url: str, *options: str, typed: str = "") -> tuple[int, str]:
    """Walk to the end; return the exit code and all that was printed."""
    done = subprocess.run(
        command(url, *options),
        cwd=ROOT,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, done.stdout


def users(live: Live) -> dict[str, str]:
    """Return the status of each user in the pool, by email."""
    users = live.stack.admin.list_users(UserPoolId=live.stack.pool.id)["Users"]
    return {
        attribute["Value"]: user["UserStatus"]
        for user in users
        for attribute in user["Attributes"]
        if attribute["Name"] == "email"
    }


@pytest.fixture(autouse=True)
def nobody_left(live: Live) -> Iterator[None]:
    """See to it that each test's walk leaves the pool as it was."""
    before = users(live)
    yield
    assert users(live) == before


def rows(printed: str) -> list[tuple[str, str, str, str]]:
    """Return outcome, status, title and note of each step in the table."""
    _, _, table = printed.rpartition("\n\n  ")
    return re.findall(r"^    (\w+) +(\d*)  (.+?)(?: \((.+)\))?$", table, re.MULTILINE)


class TestCoverage:
    def test_the_stories_take_every_operation_of_the_spec(self) -> None:
        spec = {
            f"{method.upper()} {path}"
            for path, methods in SPEC["paths"].items()
            for method in methods
        }
        assert {request for story in STORIES.values() for request in story.takes} == spec


class TestHealthy:
    def test_passes_by_itself_on_the_local_pool(self, full: Live) -> None:
        code, printed = walk(full.url)

        assert code == 0, printed
        assert {row[0] for row in rows(printed)} == {"passed"}
        count = len(set().union(*(story.takes for story in STORIES.values())))
        assert f"Operations: {count} of {count} taken.\n" in printed
        for story in STORIES.values():
            count = len(set(story.takes))
            assert f"  {story.title}: {count} of {count} operations\n" in printed
        assert printed.endswith(f"{NOBODY_LEFT}\n")

    def test_skips_what_the_pool_does_not_offer_and_says_why(self, live: Live) -> None:
        code, printed = walk(live.url)

        assert code == 0, printed
        skipped = [row[2:] for row in rows(printed) if row[0] == "skipped"]
        settings = "The server's Cognito settings are wrong; its log says which."
        off = "Threat protection is off in the user pool."
        assert skipped == [
            ("See the devices", f"ServerMisconfigured: {settings}"),
            ("It was me", f"no mail tells of an event; UserPoolAddOnNotEnabledException: {off}"),
        ]
        assert re.search(r"Steps: \d+ passed, 2 skipped.\nOperations: 40 of 44 taken.\n", printed)

    @pytest.mark.parametrize(
        ("words", "stories"),
        [
            ("devices rotation hide-users updated-issuer", STORIES),
            # An authenticator's codes count once, so that every login takes half a minute.
            ("mfa-required", ("sign-up", "srp", "passkeys", "second-factors", "deletion")),
        ],
    )
    def test_passes_with_the_words_of_pool(
        self, live: Live, words: str, stories: Collection[str]
    ) -> None:
        with run_beside(live, *words.split()) as other:
            code, printed = walk(other.url, "--only", " ".join(stories))

        assert code == 0, printed
        assert "failed" not in {row[0] for row in rows(printed)}

    def test_passes_where_refresh_tokens_are_in_a_cookie(self, live: Live) -> None:
        with run_beside(live, "rotation", REFRESH_COOKIE="true") as other:
            code, printed = walk(other.url)

        assert code == 0, printed
        assert f"""-b "$REFRESH_COOKIE" -H 'Origin: {other.url}'""" in printed

    def test_skips_nearly_all_where_a_pool_offers_nearly_nothing(self, live: Live) -> None:
        admin = live.stack.admin
        names = {"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
        made = admin.create_user_pool(PoolName="bare", UserPoolTier="LITE", **names)
        pool_id = made["UserPool"]["Id"]
        client = admin.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="bare",
            GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
            EnableTokenRevocation=False,
        )["UserPoolClient"]
        pool = Pool(pool_id, client["ClientId"], client["ClientSecret"])
        app = make_app(replace(live.stack, pool=pool))
        with listen() as listener, serve(app, listener) as url:
            code, printed = walk(url)

        assert code == 0, printed
        reasons = dict(row[2:] for row in rows(printed) if row[0] == "skipped")
        assert reasons["Log out"] == (
            "UnsupportedOperationException: This feature is not enabled for this client"
        )
        assert len(reasons) == 14
        assert admin.list_users(UserPoolId=pool_id)["Users"] == []

    def test_tells_one_story(self, live: Live) -> None:
        code, printed = walk(live.url, "--only", "passkeys")

        assert code == 0, printed
        assert "1/1  Passkeys" in printed
        assert "/profile" not in printed

    def test_names_the_stories_there_are(self, live: Live) -> None:
        code, printed = walk(live.url, "--only", "passkey")

        assert code == 2
        assert "there is no story 'passkey'; there are: service, sign-up," in printed

    def test_takes_codes_that_are_typed(self, live: Live) -> None:
        """A wrong code is asked for again, and an empty line sends another."""
        email = new_email()
        typed = "000000\n\n1234 56\n999999\n\n123456\n"
        options = ("--email", email, "--ask", "--only", "sign-up passwords deletion")
        code, printed = walk(live.url, *options, typed=typed)

        assert code == 0, printed
        assert printed.count(f"Code from the message to {email}") == 6
        assert printed.count("/auth/resend-code ") == 2
        assert printed.count("/auth/forgot-password ") == 3

    def test_goes_on_without_a_code_that_does_not_come(self, live: Live) -> None:
        options = ("--email", new_email(), "--ask", "--only", "sign-up changed-email deletion")
        code, printed = walk(live.url, *options, typed="123456\nskip\n")

        assert code == 0, printed
        skipped = [row[2:] for row in rows(printed) if row[0] == "skipped"]
        assert skipped == [("Prove it by the code that came there", "no code was typed")]

    def test_below_a_path(self, apps: dict[str, Flask]) -> None:
        app = below("/prod", apps["near"])
        with listen() as listener, serve(app, listener) as url:
            code, printed = walk(f"{url}/prod/")

        assert code == 0, printed
        assert f" {url}/prod/auth/signup " in printed

    def test_under_a_name_that_not_every_resolver_knows(self, live: Live) -> None:
        code, printed = walk(live.url.replace(loopback.HOST, "api.localhost"))

        assert code == 0, printed

    def test_says_nothing_secret(self, api: Flawed) -> None:
        """Not even when the API does."""

        def quoting(real: Callable[[], Response]) -> Response:
            real()
            return Response(json.dumps({"message": str(api.bodies[-1])}), 200)

        for request in ("reset-password", "resend-code", "logout", "challenge", "hosted/token"):
            api.flaws[f"POST /auth/{request}"] = [quoting]
        api.flaws["POST /mfa/totp/verify"] = [quoting]
        api.flaws["POST /profile"] = [answering(200, {"x": "y" * 99})]
        code, printed = walk(api.url)

        assert code == 1, "the profile is as it was, for all that is printed"
        assert "y" * 9 not in printed
        names = (
            *("password", "new_password", "access_token", "id_token", "refresh_token"),
            *("session", "secret", "code_verifier"),
        )
        secrets = {body[name] for body in api.bodies for name in names if body.get(name)}
        assert len(secrets) > 20
        codes = {body["code"] for body in api.bodies if "code" in body}
        made_up = {"a", "made.up"}  # a weak password, and a code of nobody's
        assert [text for text in (secrets | codes) - made_up if text in printed] == []
        assert '"access_token": "$ACCESS_TOKEN"' in printed

    def test_shows_lines_that_can_be_typed(self, live: Live) -> None:
        """Every line, given its variables, gets the answer that the walk got."""
        skip_unless(shutil.which("curl"), "curl is not installed")
        email = f"o'brien.$x.{new_email()}"
        stories = "sign-up passwords attributes choice changed-email tokens deletion"
        code, printed = walk(live.url, "--email", email, "--only", stories)
        assert code == 0, printed

        variables = {
            "PASSWORD": PASSWORD,
            "NEW_PASSWORD": f"{PASSWORD}2",
            "RESET_PASSWORD": f"{PASSWORD}3",
            "CODE": "123456",
        }
        for line, status in re.findall(r"^ +(curl .+)\n +(\d+) in", printed, re.MULTILINE):
            done = subprocess.run(
                ["bash", "-c", f'{line} -s -w "\n%{{http_code}}"'],
                env={"PATH": os.environ["PATH"], **variables},
                capture_output=True,
                text=True,
            )
            body, _, got = done.stdout.rpartition("\n")
            assert got == status, (line, done)
            learned = ("access_token", "refresh_token", "session")
            variables |= {k.upper(): v for k, v in json.loads(body).items() if k in learned}

    def test_skips_confirming_where_the_pool_does_it(self, live: Live, api: Flawed) -> None:
        def confirming(real: Callable[[], Response]) -> Response:
            body: Any = real().json
            live.stack.admin.admin_confirm_sign_up(
                UserPoolId=live.stack.pool.id, Username=body["user_sub"]
            )
            return Response(json.dumps(body | {"user_confirmed": True}), 200)

        api.flaws["POST /auth/signup"] = [confirming]
        code, printed = walk(api.url)

        assert code == 0, printed
        assert "The pool confirms everybody by itself." in printed

    def test_waits_when_asked_to(self, api: Flawed) -> None:
        busy = {"error": "TooManyRequestsException", "message": "Rate exceeded."}
        api.flaws["POST /auth/forgot-password"] = [answering(429, busy, Retry_After="1")]
        code, printed = walk(api.url)

        assert code == 0, printed
        assert "Waiting 1 s" in printed


class TestFailingHalfWay:
    """The pool is looked at after each test: `nobody_left`."""

    @pytest.mark.parametrize("request_", RISKY)
    @pytest.mark.parametrize("flaw", [broken, lost])
    def test_leaves_nobody(self, api: Flawed, flaw: Flaw, request_: str) -> None:
        api.flaws[request_] = [flaw]
        code, printed = walk(api.url, "--only", f"{RISKY[request_]} deletion")

        assert code == 1, printed
        assert re.search(r"\b[12] failed", printed)
        assert printed.endswith(f"{NOBODY_LEFT}\n")

    @pytest.mark.parametrize(
        "request_", ["GET /auth/google/callback", "POST /auth/hosted/token", "DELETE /me"]
    )
    @pytest.mark.parametrize("flaw", [broken, lost])
    def test_leaves_nobody_who_came_from_google(
        self, live: Live, flaw: Flaw, request_: str
    ) -> None:
        with listen() as listener:
            port = listener.getsockname()[1]
            urls = callback_urls(port), logout_urls(port)
            pool = create_pool(live.stack.admin, live.stack.google.issuer, *urls)
            api = Flawed(make_app(replace(live.stack, pool=pool)))
            # Of the first two, a request that is to be refused comes first.
            api.flaws[request_] = [flaw] if request_ == "DELETE /me" else [as_it_is, flaw]
            with serve(api, listener) as url:
                code, printed = walk(url, "--only", "hosted-login")

        assert code == 1, printed
        assert printed.endswith(f"{NOBODY_LEFT}\n")
        users = live.stack.admin.list_users(UserPoolId=pool.id)["Users"]
        assert [user["UserStatus"] for user in users] == ["FORCE_CHANGE_PASSWORD"]

    def test_when_every_login_fails_once(self, api: Flawed) -> None:
        api.flaws["POST /auth/login"] = [as_it_is, as_it_is, dead, broken]
        api.flaws["DELETE /me"] = [dead]
        code, printed = walk(api.url)

        assert code == 1
        assert printed.endswith(f"{NOBODY_LEFT}\n")
        assert "Once more" in printed

    def test_when_an_answer_never_ends(self, api: Flawed) -> None:
        api.flaws["POST /auth/signup"] = [dripping]
        code, printed = walk(api.url, "--timeout", "1")

        assert code == 1
        assert "no answer within 1 s" in printed
        assert printed.endswith(f"{NOBODY_LEFT}\n")

    def test_when_nobody_reads_on(self, api: Flawed) -> None:
        with subprocess.Popen(
            command(api.url), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stderr
            while "Sign up" not in process.stdout.readline():
                pass
            process.stdout.close()
            assert process.stderr.read() == ""
        assert process.returncode == 1

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_when_it_is_interrupted(self, live: Live, number: signal.Signals) -> None:
        code, printed = interrupt(command(live.url, "--ask"), number)

        assert code == 1
        assert "Confirm with the code (interrupted)" in printed
        assert printed.endswith(f"{NOBODY_LEFT}\n")

    def test_when_the_terminal_is_closed(self, live: Live) -> None:
        terminal, end = os.openpty()
        with subprocess.Popen(
            command(live.url, "--ask"),
            cwd=ROOT,
            stdin=end,
            stdout=end,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            os.close(end)
            printed = b""
            while b"(Return sends another, skip goes on): " not in printed:
                printed += os.read(terminal, 4096)
            os.close(terminal)
            os.kill(process.pid, signal.SIGHUP)
            os.kill(process.pid, signal.SIGHUP)
        assert process.returncode == 1

    def test_of_a_login_that_asks_for_more(self, api: Flawed) -> None:
        challenge = {"challenge": "RETINA_SCAN", "session": "s" * 30, "parameters": {}}
        api.flaws["POST /auth/login"] = [as_it_is, as_it_is, answering(202, challenge)]
        code, printed = walk(api.url)

        assert code == 1
        assert "Cognito also asks for RETINA_SCAN, which the walk cannot give" in printed
        assert "s" * 8 not in printed
        assert printed.endswith(f"{NOBODY_LEFT}\n")


def interrupt(command: list[str], number: signal.Signals) -> tuple[int, str]:
    """Send the signal when the first code is asked for; return exit code and output.

    It is sent again while the walk cleans up; only Ctrl-C would end that.
    """
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout
        printed = b""
        while b"(Return sends another, skip goes on): " not in printed:
            printed += (more := os.read(process.stdout.fileno(), 4096))
            assert more, printed
        process.send_signal(number)
        while b"Cleaning up" not in printed and (more := os.read(process.stdout.fileno(), 4096)):
            printed += more
        if number != signal.SIGINT:
            process.send_signal(number)
        printed += process.stdout.read()
    assert b"Traceback" not in printed
    return process.returncode, printed.decode()


class TestLeftBehind:
    """Where nobody can read the mail, an unconfirmed user cannot be deleted by the API."""

    @pytest.mark.parametrize("how", ["EOF", "SIGINT", "wrong codes"])
    def test_says_how_to_delete_the_user(self, live: Live, far: Flawed, how: str) -> None:
        email = new_email()
        if how == "SIGINT":
            code, printed = interrupt(command(far.url, "--email", email), signal.SIGINT)
        else:
            typed = "" if how == "EOF" else "000000\n" * 6
            code, printed = walk(far.url, "--email", email, typed=typed)

        assert code == 1
        assert f"A USER IS LEFT BEHIND: {email}." in printed
        assert NOBODY_LEFT not in printed
        line = re.search(r"aws (cognito-idp admin-delete-user) .*--username (\S+)\n", printed)
        assert line
        live.stack.admin.admin_delete_user(UserPoolId=live.stack.pool.id, Username=line[2])

    def test_when_the_api_dies(self, live: Live, far: Flawed) -> None:
        email = new_email()

        def last(_: Callable[[], Response]) -> None:
            far.forever = dead

        far.flaws["POST /auth/change-password"] = [last]
        code, printed = walk(far.url, "--email", email, typed="123456\n")

        assert code == 1
        line = re.search(
            r"  aws .* --user-pool-id (\S+) --region (\S+) --username (\S+)\n", printed
        )
        assert line
        assert line[1] == live.stack.pool.id
        assert line[1].startswith(f"{line[2]}_")
        live.stack.admin.admin_delete_user(UserPoolId=line[1], Username=line[3])


class TestExistingUser:
    def test_is_left_alone(self, live: Live) -> None:
        live.sign_up(email := new_email())
        code, printed = walk(live.url, "--email", email)

        assert code == 1
        assert "this user exists already, and is left alone" in printed
        assert "Cleaning up" not in printed
        assert printed.endswith(f"{NOBODY_LEFT}\n")
        self.delete(live, live.log_in(email)["access_token"])

    @pytest.mark.parametrize("flaw", [as_it_is, lost])
    def test_is_left_alone_unconfirmed(self, live: Live, api: Flawed, flaw: Flaw) -> None:
        body = {"email": (email := new_email()), "password": PASSWORD}
        assert live.post("/auth/signup", body).status_code == 200
        api.flaws["POST /auth/signup"] = [flaw]
        code, printed = walk(api.url, "--email", email)

        assert code == 1
        assert "this user exists already, and is left alone" in printed
        assert users(live)[email] == "UNCONFIRMED"
        live.stack.admin.admin_delete_user(UserPoolId=live.stack.pool.id, Username=email)

    def test_is_left_alone_when_the_refusal_is_lost(self, live: Live, api: Flawed) -> None:
        live.sign_up(email := new_email())
        api.flaws["POST /auth/signup"] = [lost]
        code, printed = walk(api.url, "--email", email)

        assert code == 1
        assert printed.endswith(f"{NOBODY_LEFT}\n")
        self.delete(live, live.log_in(email)["access_token"])

    def delete(self, live: Live, token: str) -> None:
        live.stack.admin.delete_user(AccessToken=token)


class TestDistrust:
    @pytest.mark.parametrize(
        "url",
        [
            "http://api.example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "127.0.0.1:5000",
            "https://",
            "https://me:secret@api.example.com",
            "https://api.example.com/?stage=prod",
            "https://api.example.com/#prod",
            "https://api.example.com/ x",
            "https://api.example.com:http",
            "http://127.0.0.1:0",
            "http://[::1",
            "https://api.example.com/\x1b[2J",
        ],
    )
    def test_of_a_base_url(self, url: str) -> None:
        code, printed = walk(url)

        assert code == 2
        assert "error: argument --base-url: " in printed
        assert "\x1b" not in printed

    def test_of_an_api_that_is_not_there(self) -> None:
        url = f"http://{loopback.HOST}:{loopback.free_port()}"

        assert walk(url) == (
            1,
            f"{url}: nothing listens there. `make run` starts the API; PORT=5001 says that it is"
            " at another port, BASE_URL=... that it is elsewhere.\n",
        )

    def test_of_a_pool_whose_mails_are_real(self, far: Flawed) -> None:
        code, printed = walk(far.url)

        assert code == 2
        assert printed.startswith("--email is needed")
        assert far.bodies == []

    def test_of_another_server(self, api: Flawed) -> None:
        """It is told nothing."""
        api.forever = answering(403, {"settings": "AirPlay"})
        api.flaws["GET /auth/google/start"] = [as_it_is]
        code, printed = walk(api.url)

        assert code == 1
        assert "(the answer should be 401, not 403: this is another server)" in printed
        assert "Steps: 1 failed." in printed

    def test_of_redirects(self, live: Live, api: Flawed) -> None:
        there = f"{live.url}/auth/signup"
        api.flaws["POST /auth/signup"] = [answering(307, {}, Location=there)]
        code, printed = walk(api.url)

        assert code == 1
        assert "(the answer should be 200, not 307)" in printed

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (400, {"error": "Bad", "message": "\x1b[2J\x9b2J\u202e\r\x07"}),
            (400, ["\x1b[2J"]),
            (400, "\x1b" * 5000),
            (200, {"user_sub": "'\x1b", "iss": "'\x1b", "access_token": "\r\n\x1b"}),
        ],
        ids=["message", "list", "long", "taken in"],
    )
    def test_of_what_is_answered(self, api: Flawed, status: int, body: object) -> None:
        api.flaws["GET /me"] = [as_it_is, answering(status, body)]
        signs_up = status == 200
        api.flaws["POST /auth/signup"] = [
            lambda real: answering(status, body)(real) if not signs_up or real() else None
        ]
        api.flaws["GET /auth/google/start"] = [as_it_is, answering(302, body, Location="//[\x1b")]
        code, printed = walk(api.url)

        assert code == 1
        assert not set("\x1b\x9b\u202e\r\x07\x00") & set(printed)
