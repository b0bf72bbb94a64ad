"""AWS on this machine: ministack, a single process that serves Cognito and what a deployment needs.

It lives in a virtual environment of its own and never in this process: it reads its settings when
it is imported, and pins a botocore too old for the API.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from local.servers import loopback
from local.servers.child import Child, LocalError, on_free_port

REGION = "us-east-1"
SIGN_IN = ("cognito-idp", "ses")  # what the API and its mails need
DEPLOYMENT = (
    *SIGN_IN,
    *("apigateway", "cloudformation", "iam", "kms", "lambda", "logs", "s3", "secretsmanager"),
)
ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv-local" / "bin" / "python"


@dataclass(frozen=True)
class LocalAws:
    """A running ministack. Its state is new at every start and gone at the end."""

    child: Child
    port: int

    @classmethod
    @contextmanager
    def run(cls, services: Sequence[str]) -> Iterator["LocalAws"]:
        """Run ministack, with these services of AWS, on a free loopback port while the block lasts.

        Lambda among them lets every user and every web page on this machine run code: ministack
        takes any signature for the well-known key id `test`, and answers to all origins.
        """
        with tempfile.TemporaryDirectory(prefix="local-aws-") as home:

            def start(port: int) -> Child:
                return Child(
                    "The local AWS (ministack)",
                    module("ministack"),
                    env={**minimal_env(home), **_settings(home, port, services)},
                    cwd=Path(home),
                )

            with on_free_port(start, "/_ministack/health") as (child, port):
                yield cls(child, port)

    @property
    def endpoint(self) -> str:
        """Where AWS API calls go."""
        return f"http://{loopback.HOST}:{self.port}"

    @property
    def hosted_ui(self) -> str:
        """Where browsers sign in. ministack calls itself localhost in the URLs that it builds."""
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """Return a boto3 client with all rights here and no ties to the user's own AWS settings."""
        session = botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        return boto3.Session(
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # ministack's own fixed one
            region_name=REGION,
            botocore_session=session,
        ).client(
            service,
            endpoint_url=self.endpoint,
            config=Config(
                connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}, proxies={}
            ),
        )


def module(name: str) -> list[str]:
    """Return the command that runs a module from the local servers' own environment."""
    if not PYTHON.exists():
        raise LocalError(f"{name} is not installed: `make run` and `make test` install it.")
    return [str(PYTHON), "-B", "-m", name]


def minimal_env(home: str) -> dict[str, str]:
    """Return an environment without the user's settings, all files of which end up in `home`."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "TMPDIR": home}


def _settings(home: str, port: int, services: Sequence[str]) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": loopback.HOST,  # the default is every interface
        "IOT_MTLS_ENABLED": "0",  # else port 8883 is open on every interface
        "SFTP_ENABLED": "0",
        "AUTH": "true",  # else any confirmation code is right, and forged tokens pass
        "SERVICES": ",".join(services),
        "STATE_DIR": f"{home}/state",
        "LOG_LEVEL": "WARNING",
    }
