"""The package, and the template deployed with it: run as Lambda and API Gateway run them."""

import json
import os
import re
import signal
import subprocess
import sys
import venv
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from deploy import package as builder
from doctor.findings import OFF, OK, UNKNOWN
from local import deploy
from local.servers import loopback
from local.stand_in_google import PEOPLE
from tests.support import lambda_runtime
from tests.support.app import ENDPOINT, SETTINGS
from tests.support.doctor_cases import diagnose
from tests.support.google_login import tokens_for
from tests.support.keys import SUB, make_token
from tests.support.lambda_events import (
    make_alb_event,
    make_function_url_event,
    make_v1_event,
    make_v2_event,
)
from tests.support.lambda_runtime import Function
from tests.support.live import (
    PASSWORD,
    Live,
    answer,
    claims,
    new_email,
    new_session,
    skip_unless,
    skip_unless_local_aws,
)
from tests.support.project import ROOT
from tests.support.upstream import Upstream

BUDGET = 12_000_000  # bytes; benchmarks/README.md accounts for them
NEW_PASSWORD = "EvenStr0ngerP@ss!"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package once for all tests."""
    path = tmp_path_factory.mktemp("package") / "lambda_package.zip"
    architecture = deploy.architecture()
    command = [sys.executable, "-B", ROOT / "deploy" / "package.py", f"--zip={path}"]
    built = subprocess.run(
        [*command, f"--architecture={architecture}"], capture_output=True, text=True
    )
    skip_unless(built.returncode == 0, f"the package cannot be built: {built.stderr}")
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    assert built.stdout == f"lambda_package.zip: {size} zipped, for {architecture}\n"
    return path


@pytest.fixture(scope="session")
def unpacked(package: Path) -> Path:
    """Unpack the package."""
    folder = package.parent / "unpacked"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


class TestPackage:
    def test_is_within_its_budget(self, package: Path) -> None:
        assert package.stat().st_size <= BUDGET

    def test_holds_none_of_the_programs_beside_the_app(self, package: Path) -> None:
        with zipfile.ZipFile(package) as archive:
            folders = {name.partition("/")[0] for name in archive.namelist()}

        assert folders & {"doctor", "local", "tools", "walk"} == set()

    def test_holds_the_app_as_it_is(self, package: Path) -> None:
        files = [ROOT / "main.py", *(path for path in (ROOT / "app").rglob("*") if path.is_file())]
        names = {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".pyc"}
        with zipfile.ZipFile(package) as archive:
            packed = {
                name: archive.read(name)
                for name in archive.namelist()
                if name.startswith(("app/", "main")) and not name.endswith(".pyc")
            }
        assert packed == {name: (ROOT / name).read_bytes() for name in names}

    def test_holds_what_the_lock_file_lists(self, package: Path) -> None:
        with zipfile.ZipFile(package) as archive:
            names = re.findall(r"^(.+)\.dist-info/METADATA$", "\n".join(archive.namelist()), re.M)
        pruned = {"cffi", "ecdsa", "packaging", "pyasn1", "pycparser", "python-dotenv", "rsa"}
        lock = re.findall(r"^(\S+)==(\S+)", builder.LOCK.read_text(), re.M)
        assert set(names) == {
            f"{name.replace('-', '_')}-{version}" for name, version in lock if name not in pruned
        }

    @pytest.mark.parametrize(
        "pattern",
        [
            r"^(tests|local|benchmarks|deploy|docs)/",
            r"(^|/)(tests|test)/",
            r"(^|/)\.",
            r"\.map$",
            r"^flasgger/(ui2|ui3/static)/",
            r"^botocore/data/(?!cognito-idp/)[^/]+/",
            r"^(pip|setuptools|pkg_resources|wheel|_distutils_hack|bin)(/|-)",
            r"^(pytest|hypothesis|ministack|ecdsa|rsa|packaging|dotenv)(/|-)",
            r"^boto3/(dynamodb|ec2|s3)/",
            r"(^|/)(benchmarks|man)/",
            r"^(?!_cffi_backend|cryptography/|markupsafe/|rpds/).*\.so$",
            r"/(RECORD|INSTALLER)$",
            r"^(template\.yaml|Makefile|requirements.*\.txt|README\.md)$",
        ],
    )
    def test_holds_nothing_else(self, package: Path, pattern: str) -> None:
        with zipfile.ZipFile(package) as archive:
            names = archive.namelist()
        assert [name for name in names if re.search(pattern, name)] == []

    def test_is_the_same_whenever_it_is_zipped(self, tmp_path: Path) -> None:
        (tmp_path / "b").mkdir()
        for name in ("z", "b/y", "a"):
            (tmp_path / name).write_text(name)
        builder.write_zip(tmp_path, tmp_path.parent / "1.zip")
        for name in ("a", "z", "b/y"):
            (tmp_path / name).write_text(name)
        (tmp_path / "z").chmod(0o700)
        os.utime(tmp_path / "a", (0, 10**9))
        builder.write_zip(tmp_path, tmp_path.parent / "2.zip")

        first, second = ((tmp_path.parent / f"{number}.zip").read_bytes() for number in (1, 2))
        assert first == second
        with zipfile.ZipFile(tmp_path.parent / "1.zip") as archive:
            assert archive.namelist() == ["a", "b/y", "z"]

    def test_has_what_lambda_cannot_keep_compiled(self, unpacked: Path) -> None:
        """Where the machine's Python is Lambda's; /var/task is read-only there."""
        modules = {path.relative_to(unpacked) for path in (unpacked / "app").rglob("*.py")}
        compiled = {
            path.relative_to(unpacked).parent.parent / f"{path.name.split('.')[0]}.py"
            for path in (unpacked / "app").rglob("*.pyc")
        }
        assert compiled == (modules if sys.version_info[:2] == (3, 11) else set())

    def test_runs_in_an_environment_without_anything(self, unpacked: Path, tmp_path: Path) -> None:
        venv.create(tmp_path, symlinks=True)
        done = subprocess.run(
            [tmp_path / "bin" / "python", "-I", "-B", "-W", "error", "-c", ASK, unpacked],
            env=SETTINGS,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        page, *answers = json.loads(done.stdout)
        assert page == ["/apidocs", 200]
        statuses = dict(answers)
        assert len(statuses) == 7
        assert statuses.pop("/me") == 401
        assert statuses.pop("/apispec_1.json") == 200
        assert set(statuses.values()) == {200}


# Nothing that is imported or asked for here may want the network.
ASK = """
import json, re, sys

def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise AssertionError(f"{event} {args}")

sys.addaudithook(refuse)
sys.path.insert(0, sys.argv[1])
import main

import certifi
assert "BEGIN CERTIFICATE" in certifi.contents()

client = main.app.test_client()
page = client.get("/apidocs")
assets = re.findall(r'(?:src|href|data-spec)="([^"]+)"', page.text)
answers = [(path, client.get(path).status_code) for path in ("/me", *assets)]
print(json.dumps([("/apidocs", page.status_code), *answers]))
"""


@pytest.fixture(scope="module")
def function(unpacked: Path, shared_upstream: Upstream) -> Iterator[Function]:
    """Run the package in AWS's own runtime, in front of the scripted Cognito."""
    skip_unless(
        lambda_runtime.EMULATOR.exists(),
        "AWS's Lambda runtime is not installed, which `make test` does on Linux, or once"
        " `python -m tests.support.lambda_runtime`",
    )
    settings = {**SETTINGS, ENDPOINT: shared_upstream.url, "COGNITO_DOMAIN": shared_upstream.url}
    with lambda_runtime.run(unpacked, **settings) as function:
        yield function


class TestRuntime:
    """AWS's runtime interface client and emulator, with nothing else installed."""

    @pytest.mark.parametrize(
        ("make_event", "members"),
        [
            (make_v1_event, {"multiValueHeaders"}),
            (make_v2_event, {"cookies"}),
            (make_function_url_event, {"cookies"}),
            (make_alb_event, {"statusDescription"}),
        ],
        ids=["REST API", "HTTP API", "Function URL", "ALB"],
    )
    def test_answers_an_event(
        self,
        function: Function,
        upstream: Upstream,
        make_event: Callable[..., dict[str, Any]],
        members: set[str],
    ) -> None:
        token = make_token()
        headers = [("authorization", f"Bearer {token}"), ("host", "api.example.com")]
        response = function.invoke(make_event(path="/me", headers=headers))

        assert response["statusCode"] == 200, function.log()
        assert json.loads(response["body"]) == claims(token)
        assert claims(token)["sub"] == SUB
        both = {"statusCode", "headers", "body", "isBase64Encoded"}
        assert response.keys() == both | members

    def test_answers_with_what_is_no_text(self, function: Function) -> None:
        page = function.invoke(make_v2_event(path="/apidocs"))["body"]
        (path,) = re.findall(r'"(/apidocs/assets/[^"]*[.]png)"', page)
        response = function.invoke(make_v2_event(path=path))

        assert (response["statusCode"], response["isBase64Encoded"]) == (200, True)
        assert b64decode(response["body"]).startswith(b"\x89PNG")

    def test_answers_with_what_it_imports_late(
        self, function: Function, upstream: Upstream
    ) -> None:
        """Segno, requests, Jinja and Flasgger, each by a route that needs it."""
        token = make_token()
        upstream.answers("AssociateSoftwareToken", {"SecretCode": "JBSWY3DPEHPK3PXP"})
        upstream.token_answers(tokens_for({"nonce": "n"}))
        code = {"code": "the code", "code_verifier": "v" * 43}
        events = [
            make_v2_event(
                method="POST", path="/mfa/totp", headers=[("authorization", f"Bearer {token}")]
            ),
            make_v2_event(
                method="POST",
                path="/auth/hosted/token",
                headers=[("content-type", "application/json")],
                body=json.dumps(code),
            ),
            make_v2_event(path="/", headers=[("accept", "text/html")]),
            make_v2_event(path="/apispec_1.json"),
        ]

        answers = [function.invoke(event) for event in events]

        assert [answer["statusCode"] for answer in answers] == [200] * 4, function.log()
        assert [answer["headers"]["content-type"] for answer in answers] == [
            *("application/json", "application/json"),
            *("text/html; charset=utf-8", "application/json"),
        ]

    def test_survives_what_is_no_request(self, function: Function) -> None:
        assert function.invoke({"warm": "up"})["statusCode"] == 400
        assert function.invoke(make_v2_event(path="/me"))["statusCode"] == 401


@pytest.fixture(scope="module")
def deployment(package: Path) -> Iterator[deploy.Deployment]:
    """Deploy the template as it is, with its defaults, to a local AWS."""
    skip_unless_local_aws()
    with deploy.Deployment.run(package) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def deployed(deployment: deploy.Deployment) -> Iterator[Live]:
    """Give the deployed API as its users see it."""
    with new_session() as session:
        session.headers["Host"] = deployment.host
        yield Live(deployment.stack, deployment.stack.aws.endpoint, session)


class TestDeployed:
    """API Gateway -> Lambda -> Flask -> Cognito."""

    def test_the_doctor_finds_nothing_but_choices(self, deployment: deploy.Deployment) -> None:
        callback = f"{deployment.outputs['ApiUrl']}/auth/google/callback"
        environ = {
            **deployment.stack.environment(),
            "COGNITO_REDIRECT_URI": callback,
            "FLASK_SECRET_KEY": SETTINGS["FLASK_SECRET_KEY"],
        }
        here = {name: environ[name] for name in (ENDPOINT, "COGNITO_DOMAIN")}

        results = diagnose("", environ, **here)

        assert {result.name for result in results if result.status != OK} == {
            *("user_auth", "custom_auth", "user_existence", "pool")
        }
        assert {result.status for result in results} == {OK, OFF, UNKNOWN}

    def test_from_sign_up_to_a_new_password(self, deployed: Live) -> None:
        email = new_email()
        sub = deployed.sign_up(email)
        tokens = deployed.log_in(email)
        token = tokens["access_token"]
        assert answer(deployed.get("/me", token)) == (200, claims(token))

        changes = {"name": "Ada Lovelace", "custom:role": "admin"}
        updated = deployed.post("/profile", changes, token)
        assert (updated.status_code, updated.json()["updated"]) == (200, list(changes))
        profile = {"attributes": {"sub": sub, "email": email, **changes}}
        assert answer(deployed.get("/profile", token)) == (200, profile)

        body = {"email": email, "refresh_token": tokens["refresh_token"]}
        status, refreshed = answer(deployed.post("/auth/refresh", body))
        assert (status, refreshed.keys()) == (200, tokens.keys())
        assert deployed.get("/me", refreshed["access_token"]).json()["sub"] == sub

        assert deployed.post("/auth/forgot-password", {"email": email}).status_code == 200
        body = {"email": email, "code": deployed.code(email), "new_password": NEW_PASSWORD}
        assert deployed.post("/auth/reset-password", body).status_code == 200
        assert deployed.post("/auth/login", {**body, "password": PASSWORD}).status_code in (
            400,
            401,
        )
        assert claims(deployed.log_in(email, NEW_PASSWORD)["access_token"])["sub"] == sub

    @pytest.mark.parametrize("path", ["", "/$default/"])
    def test_a_walk(self, deployment: deploy.Deployment, path: str) -> None:
        walk("--base-url", f"http://{deployment.host}:{deployment.stack.aws.port}{path}")

    def test_google_login(self, deployed: Live, deployment: deploy.Deployment) -> None:
        """The browser's part is by hand: its address bar would show what only AWS resolves."""
        start = deployed.session.get(
            f"{deployed.url}/auth/google/start",
            headers={"X-Forwarded-Proto": "https"},
            allow_redirects=False,
        )
        assert start.status_code == 302
        (cookie,) = start.cookies
        assert (cookie.name, cookie.secure) == ("__Host-google_login", True)
        back = log_in_at_google(start.headers["Location"], PEOPLE[0])
        callback = f"{deployment.outputs['ApiUrl']}/auth/google/callback"
        assert back.startswith(f"{callback}?")

        finished = deployed.session.get(
            f"{deployed.url}/auth/google/callback?{urlsplit(back).query}",
            headers={"Cookie": f"{cookie.name}={cookie.value}"},
        )
        status, tokens = answer(finished)
        assert status == 200, tokens
        assert claims(tokens["id_token"])["email"] == PEOPLE[0]["email"]
        attributes = deployed.get("/profile", tokens["access_token"]).json()["attributes"]
        assert attributes["name"] == PEOPLE[0]["name"]

    def test_serves_its_docs(self, deployed: Live) -> None:
        page = deployed.get("/apidocs")
        assert page.status_code == 200
        assets = re.findall(r'(?:src|href|data-spec)="([^"]+)"', page.text)
        assert len(assets) == 6
        for path in assets:
            asset = deployed.get(path)
            assert (asset.status_code, bool(asset.content)) == (200, True), path

    def test_keeps_its_secrets_out_of_cloudformation(self, deployment: deploy.Deployment) -> None:
        aws = deployment.stack.aws
        cloudformation = aws.client("cloudformation")
        (function,) = aws.client("lambda").list_functions()["Functions"]
        settings = function["Environment"]["Variables"]
        (secret,) = aws.client("secretsmanager").list_secrets()["SecretList"]
        value = aws.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])
        assert settings["FLASK_SECRET_KEY"] == value["SecretString"]
        assert len(value["SecretString"]) == 64
        assert settings["CLIENT_SECRET"] == deployment.stack.pool.client_secret
        shown = json.dumps(
            [
                cloudformation.get_template(StackName=deploy.NAME, TemplateStage="Original"),
                cloudformation.get_template(StackName=deploy.NAME, TemplateStage="Processed"),
                cloudformation.describe_stacks(StackName=deploy.NAME),
                cloudformation.describe_stack_events(StackName=deploy.NAME),
                cloudformation.describe_stack_resources(StackName=deploy.NAME),
            ],
            default=str,
        )
        assert deployment.outputs["UserPoolId"] in shown
        for name in ("FLASK_SECRET_KEY", "CLIENT_SECRET"):
            assert json.dumps(settings[name])[1:-1] not in shown, name


def walk(*options: str, **env: str) -> None:
    """Walk through every flow, with nobody to type anything."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "walk", *options],
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("No user is left behind.\n")


def log_in_at_google(url: str, user: dict[str, Any]) -> str:
    """Go from the start to the stand-in for Google; return where Cognito sends the browser."""
    with new_session() as browser:
        page = browser.get(url)
        assert 'name="sub"' in page.text, page.text
        response = browser.post(page.url, data={"sub": user["sub"]}, allow_redirects=False)
        while urlsplit(response.headers["Location"]).hostname in ("localhost", loopback.HOST):
            response = browser.get(response.headers["Location"], allow_redirects=False)
        return response.headers["Location"]


def test_a_person_deploys_it_with_one_command(package: Path, tmp_path: Path) -> None:
    """`make deploy-local`: what it prints works, and Ctrl-C leaves nothing."""
    skip_unless_local_aws()
    port = loopback.free_port()
    with subprocess.Popen(
        [sys.executable, "-B", "-m", "local.deploy", package],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        printed = ""
        try:
            for line in process.stdout:
                printed += line
                if "Ctrl-C stops" in line:
                    break
            url = f"http://127.0.0.1:{port}"
            assert f"The API is at  {url}\n" in printed, printed
            curl = re.search(r"curl -H 'Host: (\S+)' (\S+)\n", printed)
            assert curl
            name, direct = curl.groups()
            for response in (
                requests.get(f"{url}/me", timeout=10),
                requests.get(direct, headers={"Host": name}, timeout=10),
            ):
                assert (response.status_code, response.json()["error"]) == (401, "InvalidToken")
            for method in ("PUT", "PATCH", "DELETE"):
                assert requests.request(method, f"{url}/mfa", timeout=10).status_code in (401, 405)
            with new_session() as browser:
                page = browser.get(f"{url}/auth/google/start")
                done = browser.post(page.url, data={"sub": PEOPLE[1]["sub"]})
            assert done.url.startswith(f"{url}/auth/google/callback?")
            assert claims(done.json()["id_token"])["email"] == PEOPLE[1]["email"]
            assert f": make walk BASE_URL={url}\n" in printed
            walk(PORT=str(port))
        finally:
            process.send_signal(signal.SIGINT)
        printed += process.stdout.read()
    assert process.returncode == 0, printed
    assert printed.endswith("\nStopped.\n")
    assert list(tmp_path.iterdir()) == []
