"""`make doctor` as its reader sees it: what it prints, when it ends, and what it never does."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.settings import OPTIONAL, REQUIRED, Settings, SettingsError
from doctor.findings import FINDINGS
from tests.support.app import ENDPOINT, SETTINGS, make_app
from tests.support.doctor_cases import URI, causes, diagnose, findings, redirect, run, scripted
from tests.support.faults import cognito_error
from tests.support.keys import CLIENT_SECRET
from tests.support.project import ROOT
from tests.support.upstream import Upstream


@pytest.fixture
def pool(upstream: Upstream) -> Upstream:
    """Give a pool in which all is well."""
    return scripted(upstream)


class TestSettings:
    """Settings that are missing or malformed are named, and the rest is checked all the same."""

    @pytest.mark.parametrize("setting", REQUIRED)
    def test_one_that_is_missing(self, pool: Upstream, setting: str) -> None:
        results = diagnose(pool.url, **{setting: " "})

        assert findings(results) == {"settings": "broken"}
        assert results[0].message == f"Settings missing: {setting}"
        assert causes(results) <= {"settings"}

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("COGNITO_REGION", "Virginia"),
            ("USER_POOL_ID", "my pool"),
            ("USER_POOL_ID", "pool_AbCdEfGhI"),
            ("CLIENT_ID", "<client id>"),
            ("CLIENT_SECRET", "\x1b[31m"),
            ("COGNITO_DOMAIN", "my-domain"),
            ("COGNITO_REDIRECT_URI", "/callback"),
            ("PORT", "http"),
        ],
    )
    def test_one_that_is_malformed(self, pool: Upstream, setting: str, value: str) -> None:
        environ = {**SETTINGS, ENDPOINT: pool.url, "COGNITO_DOMAIN": pool.url, setting: value}
        with pytest.raises(SettingsError) as complaint:
            Settings.from_env(environ)

        results = diagnose(pool.url, **{setting: value})

        assert findings(results) == {"settings": "broken"}
        assert results[0].message == str(complaint.value).rstrip(".")
        assert setting in results[0].message
        assert value not in results[0].message

    def test_all_that_are_missing(self) -> None:
        done = run({})

        assert done.returncode == 1
        first, *others = done.stdout.splitlines()
        assert first.startswith(f"✗ settings: Settings missing: {', '.join(REQUIRED)}. ")
        assert {line[0] for line in others[:-1]} == {"–"}
        assert others[-1] == "0 of 20 checks passed, 1 failed (settings), 19 not checked"

    def test_all_are_read_as_the_api_reads_them(self, pool: Upstream) -> None:
        padded = {name: f"  {value}\t" for name, value in SETTINGS.items()}

        assert findings(diagnose(pool.url, padded)) == {}
        assert REQUIRED.keys() | OPTIONAL.keys() >= SETTINGS.keys()

    def test_a_region_that_is_not_the_pools_and_no_pool_either(self, pool: Upstream) -> None:
        pool.answers("jwks", "404 html")

        results = diagnose(pool.url, COGNITO_REGION="eu-west-1")

        assert findings(results) == {"region": "disagree"}

    def test_aws_without_an_endpoint_of_ones_own(self) -> None:
        """What is wrong then is the region, or the network."""
        environ = {**SETTINGS, "COGNITO_REGION": "xx-nowhere-1", "USER_POOL_ID": "xx-nowhere-1_A"}

        done = run({**environ, "COGNITO_DOMAIN": "https://nowhere.invalid"})

        [line] = [line for line in done.stdout.splitlines() if line.startswith("✗")]
        assert "endpoint https://cognito-idp.xx-nowhere-1.amazonaws.com nor" in line
        assert line.endswith("then COGNITO_REGION.")

    def test_a_local_hosted_ui_without_a_local_endpoint(self) -> None:
        environ = {**SETTINGS, "COGNITO_REGION": "xx-nowhere-1", "USER_POOL_ID": "xx-nowhere-1_A"}

        done = run(environ)

        [line] = [line for line in done.stdout.splitlines() if line.startswith("✗ endpoint")]
        assert "on this machine, but Cognito's API is asked at https://cognito-idp.xx-n" in line
        assert "Set AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER" in line


class TestCommand:
    """What `python -m doctor` prints, and how it ends."""

    def environ(self, url: str, **settings: str) -> dict[str, str]:
        """Return the environment for a pool at this URL."""
        return {**SETTINGS, ENDPOINT: url, "COGNITO_DOMAIN": url, **settings}

    def test_json(self, pool: Upstream) -> None:
        pool.answers("ConfirmForgotPassword", cognito_error("ResourceNotFoundException", "No."))

        done = run(self.environ(pool.url), "--json")

        assert (done.returncode, done.stderr) == (1, "")
        document = json.loads(done.stdout)
        assert document.keys() == {"ok", "summary", "checks"}
        assert document["ok"] is False
        assert document["summary"].startswith("5 of 20 checks passed, 1 failed (client), ")
        assert [check["name"] for check in document["checks"]] == list(FINDINGS)
        assert {check["status"] for check in document["checks"]} == {"ok", "failed", "skipped"}
        assert document["checks"][5] == {
            "name": "client",
            "status": "failed",
            "message": "Cognito knows no app client CLIENT_ID in us-east-1",
            "fix": "Copy CLIENT_ID again from the pool's app clients.",
        }

    def test_json_of_a_healthy_pool(self, pool: Upstream) -> None:
        done = run(self.environ(pool.url), "--json")

        assert done.returncode == 0
        assert json.loads(done.stdout)["ok"] is True

    def test_summary(self, pool: Upstream) -> None:
        pool.answers("logout", redirect("/error?error=redirect_mismatch"))
        pool.answers("ConfirmForgotPassword", cognito_error("CodeMismatchException", "No."))

        done = run(self.environ(pool.url), "--summary")

        assert done.returncode == 1
        assert (
            done.stdout == "17 of 20 checks passed, 1 failed (sign_out), 1 off (user_existence),"
            " 1 could not tell (pool)\n"
        )

    def test_what_is_only_off_is_no_failure(self, pool: Upstream) -> None:
        pool.answers("ConfirmForgotPassword", cognito_error("CodeMismatchException", "No."))

        assert run(self.environ(pool.url)).returncode == 0

    def test_skip(self, pool: Upstream) -> None:
        pool.answers("logout", redirect("/error?error=redirect_mismatch"))

        done = run(self.environ(pool.url), "--skip", "sign_out", "--skip", "scopes")

        assert done.returncode == 0
        assert done.stdout.splitlines()[-4:] == [
            "– scopes: left out, as asked",
            "– google: not checked, because of scopes",
            "– sign_out: left out, as asked",
            "16 of 20 checks passed, 1 could not tell (pool), 3 not checked",
        ]

    @pytest.mark.parametrize("arguments", [("--skip", "nothing"), ("--json", "--summary"), ("x",)])
    def test_arguments_that_are_none(self, arguments: tuple[str, ...]) -> None:
        assert run({}, *arguments).returncode == 2

    def test_help(self) -> None:
        done = run({}, "--help")

        assert done.returncode == 0
        assert {"--json", "--summary", "--skip"} <= set(done.stdout.replace(",", " ").split())

    def test_terminals_of_all_kinds(self, pool: Upstream) -> None:
        done = run(self.environ(pool.url, PYTHONIOENCODING="ascii"))

        assert (done.returncode, done.stderr) == (0, "")
        assert "\\N{CHECK MARK} settings: all settings" in done.stdout
        assert "\\N{EN DASH} pool: cannot tell" in done.stdout

    @pytest.mark.parametrize("form", ["--json", "--summary", "--skip=clock"])
    def test_a_reader_that_has_left(self, form: str) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-B", "-m", "doctor", form],
            cwd=ROOT,
            env={"AWS_CONFIG_FILE": os.devnull},
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=30,
        )
        os.close(writing)

        assert (done.returncode, done.stderr) == (1, b"")

    @pytest.mark.parametrize("form", ["--json", "--summary", "--skip=clock"])
    def test_shows_no_secret_and_no_control_character(self, pool: Upstream, form: str) -> None:
        letters = "sevrqtnldkwmzsevrqtnldkwmz"
        environ = self.environ(pool.url, CLIENT_SECRET=letters, FLASK_SECRET_KEY=letters.upper())
        echo = cognito_error(letters, f"\x1b]0;{letters}\x07")
        for operation in ("ConfirmForgotPassword", "InitiateAuth", "GetTokensFromRefreshToken"):
            pool.answers(operation, echo)
        pool.answers("authorize", redirect(f"/login?error={letters}&error_description={letters}"))
        environ["COGNITO_REDIRECT_URI"] = "http://127.0.0.1:5000/\x1b[31m/auth/google/callback"

        done = run(environ, form)

        assert done.stderr == ""
        assert letters not in done.stdout.lower()
        assert done.stdout.replace("\n", "").isprintable()

    def test_shows_a_setting_without_its_control_characters(self, pool: Upstream) -> None:
        uri = "http://127.0.0.1:5000/\x1b[31m/auth/google/callback"

        done = run(self.environ(pool.url, COGNITO_REDIRECT_URI=uri))

        assert "the callback URL http://127.0.0.1:5000/?[31m/auth/google/callback" in done.stdout
        assert done.stdout.replace("\n", "").isprintable()


class TestTime:
    """The doctor ends within 5 s, whatever answers, and however slowly."""

    @pytest.mark.parametrize("fault", ["hang", "drip", "endless headers"])
    def test_the_command_ends(self, upstream: Upstream, fault: str) -> None:
        upstream.answers("*", fault)
        start = time.monotonic()

        done = run({**SETTINGS, ENDPOINT: upstream.url, "COGNITO_DOMAIN": upstream.url})

        assert time.monotonic() - start < 5
        assert done.returncode == 1
        [line] = [line for line in done.stdout.splitlines() if line.startswith("✗")]
        assert line.startswith("✗ endpoint: ")

    def test_a_hosted_ui_that_hangs(self, pool: Upstream) -> None:
        pool.answers("authorize", "hang")

        results = diagnose(pool.url)

        assert findings(results) == {"domain": "late"}
        assert causes(results) == {"domain"}

    def test_single_answers_that_do_not_come(self, pool: Upstream) -> None:
        for name in ("jwks", "GetTokensFromRefreshToken", "google", "logout"):
            pool.answers(name, "hang")

        results = diagnose(pool.url)

        assert findings(results) == {"keys": "late", "sign_out": "late"}
        assert causes(results) == {"keys"}
        late = next(result for result in results if result.name == "keys")
        assert late.message == "cannot tell: no answer within 2.5 s"


def holders_of_the_secret(pool: Upstream) -> set[str]:
    """Name the operations and faces that were sent CLIENT_SECRET."""
    return {
        request.operation or request.face
        for request in pool.requests
        if CLIENT_SECRET in f"{request.path} {request.body!r} {request.headers}"
    }


class TestQuestions:
    """What is asked cannot change anything, and is what the API would ask."""

    @pytest.fixture
    def examined(self, pool: Upstream) -> Iterator[Upstream]:
        """Give a pool that has been asked twice."""
        diagnose(pool.url)
        diagnose(pool.url)
        yield pool
        assert pool.violations == []

    def test_name_nobody(self, examined: Upstream) -> None:
        calls = examined.calls("cognito")
        names = [
            call.json.get("Username") or call.json.get("AuthParameters", {}).get("USERNAME")
            for call in calls
        ]

        assert {call.operation for call in calls} == {
            "ConfirmForgotPassword",
            "InitiateAuth",
            "GetTokensFromRefreshToken",
        }
        users = [name for name in names if name]
        assert len(set(users)) == len(users) == 10
        assert all(name.endswith("@doctor.invalid") and len(name) > 40 for name in users)

    def test_carry_no_credentials_and_no_cookie(self, examined: Upstream) -> None:
        assert len(examined.requests) == 24
        for request in examined.requests:
            assert "Cookie" not in request.headers
            assert "Authorization" not in request.headers

    def test_give_the_secret_to_cognito_only(self, examined: Upstream) -> None:
        assert holders_of_the_secret(examined) == {"GetTokensFromRefreshToken"}

    @pytest.mark.parametrize("keys", ["404 html", "200 html", "200 array", "302", "hang"])
    def test_give_the_secret_to_nobody_without_usable_keys(self, pool: Upstream, keys: str) -> None:
        pool.answers("jwks", keys)

        diagnose(pool.url)

        assert pool.count("InitiateAuth") > 0
        assert holders_of_the_secret(pool) == set()

    def test_give_the_secret_to_nobody_who_can_listen(self, pool: Upstream) -> None:
        """127.1 is this machine, but is not written as one of its names."""
        url = pool.url.replace("127.0.0.1", "127.1")

        results = diagnose(url, COGNITO_DOMAIN=pool.url, ALLOW_HTTP_ENDPOINT="true")

        assert findings(results) == {"refresh": "unasked"}
        assert causes(results) == set()
        assert holders_of_the_secret(pool) == set()

    def test_ask_for_a_google_login_as_the_api_does(self, examined: Upstream) -> None:
        app = make_app(examined)
        location = app.test_client().get("/auth/google/start", base_url=URI[:21]).location
        real = dict(parse_qsl(urlsplit(location).query))
        calls = [call.form for call in examined.calls("authorize")]
        [form, _] = [form for form in calls if "identity_provider" in form]

        random = {"state", "nonce", "code_challenge"}
        assert form.keys() == real.keys()
        assert {n: v for n, v in form.items() if n not in random} == {
            n: v for n, v in real.items() if n not in random
        }
        assert len({form["state"] for form in calls}) == len(calls)
