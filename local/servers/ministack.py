"""ministack: one process that serves Cognito and the other services that a deployment needs.

It is a child process with a separate virtual environment, because it reads its settings when it is
imported, and pins a botocore that is too old for the API.
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

# The services that the template needs, and no others: every process and web page on this machine
# can reach what ministack serves.
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

        With Lambda among them, every user and every web page on this machine can run code:
        ministack accepts any signature for the known key id `test`, and answers all origins.
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
        """The URL of all services."""
        return f"http://{loopback.HOST}:{self.port}"

    @property
    def hosted_ui(self) -> str:
        """The URL where browsers sign in; ministack builds its URLs with localhost."""
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """Return a boto3 client with all rights here; it ignores the user's AWS configuration."""
        return boto.client(service, self.endpoint, "test", "test")  # ministack's fixed key pair

    def mailbox(self) -> MinistackMailbox:
        """Return a mailbox that begins with the first mail."""
        return MinistackMailbox(self.endpoint)


def _settings(home: str, port: int, services: Sequence[str]) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": loopback.HOST,  # the default is every interface
        "IOT_MTLS_ENABLED": "0",  # or port 8883 is open on every interface
        "SFTP_ENABLED": "0",
        "AUTH": "true",  # or it accepts any confirmation code, and forged tokens
        "SERVICES": ",".join(services),
        "STATE_DIR": f"{home}/state",
        "LOG_LEVEL": "WARNING",
    }
