"""AWS on this machine: ministack, a single process that serves Cognito and what a deployment needs.

It lives in a virtual environment of its own and never in this process: it reads its settings when
it is imported, and pins a botocore too old for the API.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.servers import boto, loopback
from local.servers.child import Child, on_free_port
from local.servers.environment import MINISTACK, minimal_env
from local.servers.mailbox import MinistackMailbox

# What the template needs, and no more: whatever ministack serves can be reached by every process
# and web page of this machine.
DEPLOYMENT = (
    *("cognito-idp", "ses"),
    *("apigateway", "cloudformation", "iam", "kms", "lambda", "logs", "s3", "secretsmanager"),
)


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
                    MINISTACK.command("ministack"),
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
        return boto.client(service, self.endpoint, "test", "test")  # ministack's own fixed pair

    def mailbox(self) -> MinistackMailbox:
        """Return a reader of all mails so far."""
        return MinistackMailbox(self.endpoint)


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
