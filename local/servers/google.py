"""A stand-in for Google: an OpenID provider whose login page lets one choose among three users."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.servers import loopback
from local.servers.child import Child, on_free_port
from local.servers.ministack import minimal_env, module


def _user(given_name: str, family_name: str) -> dict[str, str | bool]:
    return {
        # Google's are 21 digits. This one is also the label of the user's button.
        "sub": f"{given_name}-{family_name}".lower(),
        "email": f"{given_name}.{family_name}@gmail.example".lower(),
        "email_verified": True,
        "name": f"{given_name} {family_name}",
        "given_name": given_name,
        "family_name": family_name,
    }


USERS = (_user("Ada", "Lovelace"), _user("Grace", "Hopper"), _user("Alan", "Turing"))


@dataclass(frozen=True)
class Google:
    """A running OpenID provider."""

    child: Child
    port: int

    @classmethod
    @contextmanager
    def run(cls) -> Iterator["Google"]:
        """Run the provider on a free loopback port while the block lasts."""
        users = [f"--user-claims={json.dumps(user)}" for user in USERS]
        with tempfile.TemporaryDirectory(prefix="local-google-") as home:

            def start(port: int) -> Child:
                return Child(
                    "The stand-in for Google",
                    [
                        *module("oidc_provider_mock"),
                        f"--host={loopback.HOST}",
                        f"--port={port}",
                        *users,
                    ],
                    env=minimal_env(home),
                    cwd=Path(home),
                )

            with on_free_port(start, "/.well-known/openid-configuration") as (child, port):
                yield cls(child, port)

    @property
    def issuer(self) -> str:
        """The issuer in its tokens. It follows the Host header, so use no other name for it."""
        return f"http://{loopback.HOST}:{self.port}"
