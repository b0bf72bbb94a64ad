"""A local Cognito in a process of its own, and clients that check what it answers."""

import json
import os
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

ROOT = Path(__file__).parents[2]
PASSWORD = "Str0ngP@ssw0rd!"

Json = dict[str, Any]


@dataclass(frozen=True)
class Cognito:
    """A running local Cognito."""

    url: str
    region: str
    access_key_id: str
    secret_access_key: str
    pid: int

    @property
    def key_pair(self) -> tuple[str, str]:
        """The key pair of the control operations, as Basic credentials of /local/."""
        return self.access_key_id, self.secret_access_key

    def boto3(self, *, signed: bool) -> Any:
        """Return a boto3 client whose every answer is checked against the service model."""
        client = boto3.client(
            "cognito-idp",
            region_name=self.region,
            endpoint_url=self.url,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
            config=Config(
                signature_version=None if signed else UNSIGNED,
                retries={"total_max_attempts": 1},
                parameter_validation=False,
            ),
        )
        client.meta.events.register("before-parse.cognito-idp", _check_against_model)
        return client

    def post(self, operation: str, body: object, **headers: str) -> requests.Response:
        """Call an operation unsigned with any body: bytes as they are, all else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return requests.post(self.url, data, headers={**_headers(operation), **headers}, timeout=20)

    def post_signed(self, operation: str, body: object) -> requests.Response:
        """Call an operation with any body, signed by the key pair."""
        data = json.dumps(body).encode()
        request = AWSRequest("POST", f"{self.url}/", _headers(operation), data)
        credentials = Credentials(self.access_key_id, self.secret_access_key)
        SigV4Auth(credentials, "cognito-idp", self.region).add_auth(request)
        return requests.post(self.url, data, headers=dict(request.headers), timeout=20)

    def advance(self, seconds: float) -> None:
        """Let time pass for every test that this process serves."""
        answer = requests.post(
            f"{self.url}/local/clock", {"seconds": seconds}, auth=self.key_pair, timeout=20
        )
        assert answer.status_code == 200, answer.text

    def now(self) -> float:
        """Return the time by the server's clock."""
        answer = requests.post(
            f"{self.url}/local/clock", {"seconds": 0}, auth=self.key_pair, timeout=20
        )
        return float(answer.text)

    def messages(self, to: str) -> list[Json]:
        """Return the mails and texts to this address, the newest last."""
        answer = requests.get(f"{self.url}/local/messages", auth=self.key_pair, timeout=20)
        assert answer.status_code == 200, answer.text
        return [message for message in answer.json() if message["to"] == to]

    def code(self, to: str) -> str:
        """Return the code in the newest message to this address."""
        words = [word.strip(".") for word in self.messages(to)[-1]["body"].split()]
        return next(word for word in words if word.isdigit())


def _headers(operation: str) -> dict[str, str]:
    return {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
    }


def _check_against_model(operation_model: Any, response_dict: Json, **_: object) -> None:
    """Fail for an answer with a member or a type that the service model does not have."""
    shape = operation_model.output_shape
    if response_dict["status_code"] != 200 or shape is None:
        return
    members = json.loads(response_dict["body"])
    report = ParamValidator().validate(members, shape)
    assert not report.has_errors(), f"{operation_model.name}: {report.generate_report()}"


def python() -> str:
    """Return the Python of the local Cognito's environment, where there is one."""
    installed = ROOT / ".venv-cognito" / "bin" / "python"
    return str(installed) if installed.exists() else sys.executable


@contextmanager
def run_cognito(*options: str) -> Iterator[Cognito]:
    """Run a local Cognito with these options."""
    process = subprocess.Popen(
        [python(), "-B", "-m", "local.cognito", *options],
        cwd=ROOT,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield Cognito(**json.loads(process.stdout.readline()), pid=process.pid)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Pools:
    """Makes pools, app clients and users for one test."""

    admin: Any

    def pool(self, **settings: Any) -> str:
        """Create a pool and return its id; members of CreateUserPool may be given."""
        answer = self.admin.create_user_pool(**{"PoolName": "test", **settings})
        pool_id: str = answer["UserPool"]["Id"]
        return pool_id

    def client(self, pool_id: str, *flows: str, **settings: Any) -> str:
        """Create an app client that allows these flows, as "USER_AUTH", and return its id."""
        if flows:
            settings["ExplicitAuthFlows"] = [f"ALLOW_{flow}" for flow in flows]
        answer = self.admin.create_user_pool_client(
            UserPoolId=pool_id, ClientName="test", **settings
        )
        client_id: str = answer["UserPoolClient"]["ClientId"]
        return client_id

    def user(
        self, pool_id: str, name: str | None = None, *, password: str = PASSWORD, **attributes: str
    ) -> str:
        """Create a confirmed user with a password and return the canonical user name.

        Attributes whose names have a colon are given as `custom__team`.
        """
        answer = self.admin.admin_create_user(
            UserPoolId=pool_id,
            Username=name or new_name(),
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": key.replace("__", ":"), "Value": value}
                for key, value in attributes.items()
            ],
            TemporaryPassword=f"Temp0rary!{secrets.token_hex(4)}",
        )
        username: str = answer["User"]["Username"]
        self.admin.admin_set_user_password(
            UserPoolId=pool_id, Username=username, Password=password, Permanent=True
        )
        return username


def new_name() -> str:
    """Make up a user name that no other test uses."""
    return f"user-{uuid.uuid4().hex[:12]}"


def new_email() -> str:
    """Make up an address that no other test uses."""
    return f"{new_name()}@example.com"


def new_phone() -> str:
    """Make up a phone number that no other test uses."""
    return f"+1{secrets.randbelow(10**10):010}"


def refusal(error: ClientError) -> tuple[str, str | None]:
    """Return the name and the sentence of a refusal."""
    return error.response["Error"]["Code"], error.response["Error"].get("Message")
