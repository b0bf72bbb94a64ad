"""The stand-in for Google (`python -m local.stand_in_google`) as a child process."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.servers import loopback
from local.servers.child import Child, on_free_port
from local.servers.environment import COGNITO, ROOT, minimal_env


@dataclass(frozen=True)
class Google:
    """A running OpenID provider."""

    child: Child
    port: int

    @classmethod
    @contextmanager
    def run(cls) -> Iterator["Google"]:
        """Run the provider on a free loopback port while the block lasts."""
        with tempfile.TemporaryDirectory(prefix="local-google-") as home:

            def start(port: int) -> Child:
                return Child(
                    "The stand-in for Google",
                    COGNITO.command("local.stand_in_google", f"--port={port}"),
                    env=minimal_env(home),
                    cwd=ROOT,
                )

            with on_free_port(start, "/.well-known/openid-configuration") as (child, port):
                yield cls(child, port)

    @property
    def issuer(self) -> str:
        """The issuer in its tokens."""
        return f"http://{loopback.HOST}:{self.port}"
