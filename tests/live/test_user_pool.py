"""docs/user-pool.md as it stands: its lines make a pool in which every endpoint works."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import botocore
import pytest
from dotenv import dotenv_values

from local.servers.pool import Pool
from tests.support.commands import blocks, run, sections
from tests.support.live import (
    Live,
    answer,
    listen,
    make_app,
    new_email,
    new_session,
    serve,
    totp,
)
from tests.support.project import ROOT

PAGE = sections("docs/user-pool.md")
LINES = [block for block in blocks(PAGE["Making one"], "bash") if "aws " in block]
# The AWS CLI on PyPI does not know the newest operations; boto3's description of them will do.
DESCRIPTIONS = str(Path(botocore.__file__).parent / "data")


@dataclass(frozen=True)
class Made:
    """A pool that the page's lines have made, the API in front of it, and where its files are."""

    live: Live
    folder: Path
    variables: dict[str, str]

    def run(self, *commands: str) -> None:
        """Run more lines in the same terminal."""
        environment = cli_environment(self.live) | self.variables
        run(self.folder, environment, *commands)


def cli_environment(live: Live) -> dict[str, str]:
    """Return what the AWS CLI needs to reach the local Cognito."""
    return {
        **live.stack.control_environment(),
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": live.stack.aws.endpoint,
        "AWS_DATA_PATH": DESCRIPTIONS,
    }


@contextmanager
def make_pool(live: Live, folder: Path) -> Iterator[Made]:
    """Make a pool by the page's lines, and serve the API by the file .env that they write."""
    run(folder, cli_environment(live), *LINES)
    env = {name: str(value) for name, value in dotenv_values(folder / ".env").items()}
    domain = re.fullmatch(
        r"https://(auth-api-\d+)\.auth\.us-east-1\.amazoncognito\.com",
        env["COGNITO_DOMAIN"],
    )
    assert domain
    pool = Pool(env["USER_POOL_ID"], env["CLIENT_ID"], env["CLIENT_SECRET"])
    stack = replace(live.stack, pool=pool, secret_key=env["FLASK_SECRET_KEY"])
    with (
        listen() as listener,
        serve(make_app(stack), listener) as url,
        new_session() as session,
    ):
        variables = {"USER_POOL_ID": pool.id, "CLIENT_ID": pool.client_id, "DOMAIN": domain[1]}
        yield Made(Live(stack, url, session), folder, variables)


@pytest.fixture(scope="module")
def made(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Give a pool that nobody changes."""
    with make_pool(live, tmp_path_factory.mktemp("user-pool")) as made:
        yield made


def test_a_new_pool_serves_every_endpoint_that_costs_nothing(made: Made) -> None:
    live = made.live
    live.sign_up(email := new_email())
    tokens = live.log_in(email)
    token = tokens["access_token"]

    def start(**body: str) -> tuple[int, str]:
        status, challenge = answer(live.post("/auth/start", {"email": email, **body}))
        return status, challenge["challenge"]

    assert start(flow="USER_AUTH") == (202, "SELECT_CHALLENGE")
    assert start(flow="USER_AUTH", preferred_challenge="EMAIL_OTP") == (202, "EMAIL_OTP")
    assert start(flow="USER_SRP_AUTH", srp_a="2" * 200) == (202, "PASSWORD_VERIFIER")
    secret = live.post("/mfa/totp", {}, token).json()["secret"]
    others = {
        "profile": live.post("/profile", {"name": "Ada", "custom:role": "reader"}, token),
        "verification": live.post("/profile/email/verification", {}, token),
        "authenticator": live.post("/mfa/totp/verify", {"code": totp(secret)}, token),
        "factors": live.get("/mfa", token),
        "passkeys": live.post("/passkeys/registration", {}, token),
        "sessions": live.get("/sessions", token),
        "recovery": live.post("/auth/forgot-password", {"email": email}),
        "unknown": live.post("/auth/forgot-password", {"email": new_email()}),
        "logout": live.post("/auth/logout", {"refresh_token": tokens["refresh_token"]}),
        "hosted": live.session.get(f"{live.url}/auth/hosted/start", allow_redirects=False),
    }
    statuses = {name: response.status_code for name, response in others.items()}
    assert statuses == dict.fromkeys(others, 200) | {"hosted": 302}


def test_the_doctor_finds_nothing_wrong_with_a_new_pool(made: Made) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "doctor", "--json", "--skip", "google"],
        cwd=ROOT,
        env={**made.live.stack.environment(), "PYTHON_DOTENV_DISABLED": "true"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    checks = {check["name"]: check["status"] for check in json.loads(done.stdout)["checks"]}

    assert {name: status for name, status in checks.items() if status != "ok"} == {
        "custom_auth": "off",
        "user_existence": "off",
        "pool": "unknown",
        "google": "skipped",
    }


@pytest.fixture
def mine(live: Live, tmp_path: Path) -> Iterator[Made]:
    """Give a pool to change and to remove."""
    with make_pool(live, tmp_path) as mine:
        yield mine


def test_what_costs_extra_can_be_added_and_all_of_it_removed(mine: Made) -> None:
    live, section = mine.live, PAGE["What costs extra, or takes a decision"]
    rows = re.findall(r"^\| [^|]+ \| (\w+\.json) \| `(.+)` \|$", section, re.MULTILINE)
    assert len(rows) == section.count(".json | `")
    for name, members in rows:
        file = mine.folder / name
        wish = json.loads(file.read_text())
        for member, value in json.loads(f"{{{members}}}").items():
            wish[member] = wish[member] | value if member == "Policies" else value
        file.write_text(json.dumps(wish))
    update, provider = blocks(section, "bash")

    mine.run(provider, update)

    live.sign_up(email := new_email())
    tokens = live.log_in(email)
    token, phone = tokens["access_token"], "+15555550100"
    assert "new_device_metadata" in tokens
    live.post("/profile", {"phone_number": phone}, token)
    live.post("/profile/phone_number/verification", {}, token)
    body = {"code": live.code(phone)}
    factors = {"sms": {"enabled": True}, "email": {"enabled": True}}
    feedback = {"username": email, "event_id": "none", "feedback_token": "none"}
    custom = {"email": email, "flow": "CUSTOM_AUTH"}
    text = {"email": email, "flow": "USER_AUTH", "preferred_challenge": "SMS_OTP"}
    others = {
        "verified": live.post("/profile/phone_number/verification/confirm", body, token),
        "devices": live.get("/devices", token),
        "text": live.post("/auth/start", text),
        "custom challenge": live.post("/auth/start", custom),
        "second factors": live.session.put(
            f"{live.url}/mfa", json=factors, headers={"Authorization": f"Bearer {token}"}
        ),
        "unknown": live.post("/auth/forgot-password", {"email": new_email()}),
        "feedback": live.post("/auth/event-feedback", {**feedback, "feedback": "Valid"}),
    }
    statuses = {name: response.status_code for name, response in others.items()}
    assert statuses == {
        "verified": 200,
        "devices": 200,
        "text": 202,
        "custom challenge": 202,
        "second factors": 200,
        "unknown": 404,
        "feedback": 400,
    }
    assert others["feedback"].json()["error"] != "UserPoolAddOnNotEnabledException"
    client = live.stack.admin.describe_user_pool_client(
        UserPoolId=live.stack.pool.id, ClientId=live.stack.pool.client_id
    )
    assert client["UserPoolClient"]["SupportedIdentityProviders"] == ["COGNITO", "Google"]

    mine.run(*blocks(PAGE["Removing it"], "bash"))

    pools = live.stack.admin.list_user_pools(MaxResults=60)["UserPools"]
    assert live.stack.pool.id not in [pool["Id"] for pool in pools]
