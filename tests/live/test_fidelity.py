"""`make fidelity` between two local stacks, one of which was changed: each change is named."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Response

from local.servers.pool import Pool, create_pool
from local.servers.stack import callback_urls, logout_urls
from tests.support.flawed import Flaw, Flawed
from tests.support.live import Live, listen, make_app, serve
from tests.support.project import ROOT
from walk import run
from walk.fidelity import probes, report
from walk.fidelity.compare import compare
from walk.fidelity.settings import seen
from walk.stories import STORIES
from walk.walker import Walker

Change = Callable[[Any, Pool], None]


@contextmanager
def api(
    live: Live, *words: str, change: Change | None = None, flaw: Flaw | None = None
) -> Iterator[str]:
    """Serve an API in front of a pool that was changed, with a flaw in all of its answers."""
    with listen() as listener:
        port = listener.getsockname()[1]
        urls = callback_urls(port), logout_urls(port)
        pool = create_pool(live.stack.admin, live.stack.google.issuer, *urls, words)
        if change:
            change(live.stack.admin, pool)
        app = Flawed(make_app(replace(live.stack, pool=pool)))
        app.forever = flaw
        with serve(app, listener) as url:
            yield url


def walk(url: str, *names: str) -> Walker:
    """Walk through all the stories, or some of them."""
    walker = run.walker(url, None, None, ask=False, seconds=35)
    walker.log = io.StringIO()
    stories = [STORIES[name] for name in names or STORIES]
    if not names:
        stories.insert(-1, probes.STORY)
    assert run.take(walker, stories), walker.log.getvalue()
    return walker


@pytest.fixture(scope="module")
def as_it_is(live: Live) -> Walker:
    """Walk once through an API in front of a pool as `make run` makes it."""
    with api(live) as url:
        return walk(url)


def differences(deployed: Walker, local: Walker) -> set[tuple[str, ...]]:
    """Return facts with what the report says of both sides."""
    return {
        (difference.fact, *report.shown(difference))
        for difference in compare(deployed, local).differences
    }


def update_client(admin: Any, pool: Pool, **settings: Any) -> None:
    ids = {"UserPoolId": pool.id, "ClientId": pool.client_id}
    client = admin.describe_user_pool_client(**ids)["UserPoolClient"]
    members = admin.meta.service_model.operation_model("UpdateUserPoolClient").input_shape.members
    as_it_is = {name: value for name, value in client.items() if name in members}
    admin.update_user_pool_client(**{**as_it_is, **settings})


def update_pool(admin: Any, pool: Pool, **settings: Any) -> None:
    described = admin.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    members = admin.meta.service_model.operation_model("UpdateUserPool").input_shape.members
    as_it_is = {name: value for name, value in described.items() if name in members}
    admin.update_user_pool(**{**as_it_is, "UserPoolId": pool.id, **settings})


def verified_passkeys(admin: Any, pool: Pool) -> None:
    config = admin.get_user_pool_mfa_config(UserPoolId=pool.id)
    del config["ResponseMetadata"]
    config["WebAuthnConfiguration"]["UserVerification"] = "required"
    admin.set_user_pool_mfa_config(UserPoolId=pool.id, **config)


def longer_passwords(admin: Any, pool: Pool) -> None:
    policies = admin.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Policies"]
    policies["PasswordPolicy"]["MinimumLength"] = 12
    update_pool(admin, pool, Policies=policies)


def fewer_factors(admin: Any, pool: Pool) -> None:
    policies = admin.describe_user_pool(UserPoolId=pool.id)["UserPool"]["Policies"]
    policies["SignInPolicy"] = {"AllowedFirstAuthFactors": ["PASSWORD", "SMS_OTP", "WEB_AUTHN"]}
    update_pool(admin, pool, Policies=policies)


def short_tokens(admin: Any, pool: Pool) -> None:
    units = {"AccessToken": "minutes"}
    update_client(admin, pool, AccessTokenValidity=7, TokenValidityUnits=units)


def no_tracking(admin: Any, pool: Pool) -> None:
    admin.set_user_pool_session_configuration(
        UserPoolId=pool.id, UserSessionTracking="DISABLED", TokenSession={"MaxPerUser": 20}
    )


def all_of(*changes: Change) -> Change:
    def change(admin: Any, pool: Pool) -> None:
        for one in changes:
            one(admin, pool)

    return change


class TestSettings:
    def test_of_two_that_are_the_same(self, live: Live, as_it_is: Walker) -> None:
        with api(live) as url:
            comparison = compare(walk(url), as_it_is)

        assert (comparison.differences, comparison.not_reached) == ([], {})
        assert comparison.compared == len(as_it_is.steps)
        assert seen(as_it_is.steps) == []

    def test_that_change_answers(self, live: Live, as_it_is: Walker) -> None:
        change = all_of(short_tokens, longer_passwords, verified_passkeys)
        with api(live, change=change) as url:
            found = differences(walk(url), as_it_is)

        policy = "Password did not conform with policy: Password not long enough"
        options = "credential_creation_options.authenticatorSelection.userVerification"
        assert found == {
            ("member expires_in", "420", "3600"),
            ("access token lifetime", "420", "3600"),
            ("status", "400", "200"),
            ("member error", "InvalidPasswordException", "nothing"),
            ("member message", policy, "Password changed."),
            (f"member {options}", "required", "preferred"),
            (
                "member parameters.CREDENTIAL_REQUEST_OPTIONS.userVerification",
                "required",
                "preferred",
            ),
        }

    def test_that_end_stories(self, live: Live, as_it_is: Walker) -> None:
        """What could not be reached because of them is counted, and is no difference."""
        with api(live, change=all_of(fewer_factors, no_tracking)) as url:
            deployed = walk(url)
        comparison = compare(deployed, as_it_is)

        found = {difference.fact: difference.steps for difference in comparison.differences}
        assert found.keys() == {
            "status",
            "member error",
            "member message",
            "member challenge",
            "member available_challenges",
        }
        assert found["member error"] == ["GET /sessions: See the sessions"]
        assert comparison.not_reached == {
            "Sign-up and the first login: deployed only": 1,
            "Codes by mail: local only": 1,
            "Sessions: local only": 3,
        }

    def test_that_can_be_seen_and_set(self, live: Live) -> None:
        words = ["devices", "rotation", "threat-protection", "hide-users", "updated-issuer"]
        with api(live, *words) as url:
            deployed = walk(url)
        with api(live, *words) as url:
            local = walk(url)

        assert seen(deployed.steps) == words
        assert differences(deployed, local) == set()


def edited(edit: Callable[[Response], None]) -> Flaw:
    """Change each answer."""

    def flaw(real: Callable[[], Response]) -> Response:
        response = real()
        edit(response)
        return response

    return flaw


def edit_json(response: Response, edit: Callable[[dict[str, Any]], None]) -> None:
    if response.is_json and isinstance(body := response.json, dict):
        edit(body)
        response.set_data(json.dumps(body))


def add_claim(response: Response) -> None:
    """Put a claim into ID tokens, which breaks a signature that only their readers check."""

    def edit(body: dict[str, Any]) -> None:
        if "id_token" in body:
            header, payload, signature = body["id_token"].split(".")
            claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
            claims["https://tiers.acme.health/tier"] = "gold"
            text = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
            body["id_token"] = f"{header}.{text}.{signature}"

    edit_json(response, edit)


def reword(response: Response) -> None:
    def edit(body: dict[str, Any]) -> None:
        if body.get("message") == "Logged out.":
            body["message"] = "Bye."

    edit_json(response, edit)


def rename(response: Response) -> None:
    def edit(body: dict[str, Any]) -> None:
        if "expires_in" in body:
            body["expires_in"] = str(body["expires_in"])
        if "qr_svg" in body:
            body["qr"] = body.pop("qr_svg")

    edit_json(response, edit)


class TestAnswers:
    def test_that_the_api_changed(self, live: Live, as_it_is: Walker) -> None:
        def edit(response: Response) -> None:
            response.headers["Cache-Control"] = "no-cache"
            response.headers["X-Colour"] = "green"
            del response.headers["Referrer-Policy"]
            for change in (add_claim, reword, rename):
                change(response)

        with api(live, flaw=edited(edit)) as url:
            found = differences(walk(url), as_it_is)

        assert found == {
            ("header Cache-Control", "no-cache", "no-store"),
            ("header X-Colour", "a text of 5 characters", "nothing"),
            ("header Referrer-Policy", "nothing", "no-referrer"),
            ("member message", "Bye.", "Logged out."),
            ("member expires_in", '"3600"', "3600"),
            ("member qr", "<picture>", "nothing"),
            ("member qr_svg", "nothing", "<picture>"),
            ("ID token claim <host>/tier", "a text of 4 characters", "nothing"),
        }


class TestSecrets:
    def test_a_report_has_none(self, live: Live, as_it_is: Walker, tmp_path: Path) -> None:
        """Whatever the API says, and wherever it says it."""
        leaks = [
            "eyJraWQiOiJhIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
            "ada.lovelace@mail.acme.health",
            "+12065550199",
            "10.20.30.40",
            "2001:db8::8a2e:370:7334",
            "arn:aws:lambda:eu-west-3:123456789012:function:pre-sign-up",
            "123456789012",
            "eu-west-3_Ab1Cd2Ef3",
            "1h57kf5cpq17m0eml12example",
            "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
            "https://login.acme.health/oauth2",
            "internal.acme.health",
            "987654",
            "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
            "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        ]
        bodies: list[dict[str, Any]] = []

        def leak(response: Response) -> None:
            response.headers["X-Debug"] = "; ".join(leaks)

            def edit(body: dict[str, Any]) -> None:
                bodies.append(dict(body))
                body["debug"] = {text: text for text in leaks}
                body["message"] = f"{body.get('message')} {' '.join(leaks)} {bodies[-1]}"

            edit_json(response, edit)

        with api(live, flaw=edited(leak)) as url:
            deployed = walk(url)
        comparison = compare(deployed, as_it_is)
        written = [
            report.text(comparison, []),
            report.as_json(comparison, []),
            *report.recording(deployed),
        ]

        assert len(comparison.differences) > 20
        host = url.removeprefix("http://")
        emails = [*deployed.user.emails, *as_it_is.user.emails]
        walked = [
            text
            for walker in (deployed, as_it_is)
            for text in (*walker.values.values(), walker.user.sub, walker.user.pool_id)
            if len(text) > 5 and text != "made.up"
        ]
        for secret in {*leaks, host, *emails, *walked}:
            assert [text for text in written if secret in text] == [], secret


class TestCommand:
    def test_compares_with_a_fresh_local_api(self, live: Live, tmp_path: Path) -> None:
        recording = tmp_path / "answers.jsonl"
        options = ("--json", "--record", str(recording), "--only", "sign-up devices deletion")
        with api(live, "devices", change=short_tokens) as url:
            done = subprocess.run(
                [sys.executable, "-B", "-m", "walk.fidelity", "--base-url", url, *options],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=120,
            )

        assert done.returncode == 1, done.stderr
        document = json.loads(done.stdout)
        assert document["settings"] == ["devices"]
        assert {difference["fact"] for difference in document["differences"]} == {
            "member expires_in",
            "access token lifetime",
        }
        lines = [json.loads(line) for line in recording.read_text().splitlines()]
        assert len(lines) == document["steps"]
        assert lines[-1]["request"] == "POST /auth/login"
        assert lines[-1]["status"] == "401"

    def test_needs_an_api(self) -> None:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "walk.fidelity", "--base-url", "http://127.0.0.1:9"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )

        assert done.returncode == 2
        assert done.stderr.startswith("http://127.0.0.1:9: nothing listens there.")
