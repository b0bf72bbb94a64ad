"""Everything that the API needs: started in order, stopped in reverse order."""

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.servers import kept
from local.servers.boto import REGION
from local.servers.child import LocalError
from local.servers.cognito import KeyPair, LocalCognito
from local.servers.google import Google
from local.servers.mailbox import Inbox
from local.servers.ministack import LocalAws
from local.servers.pool import Pool, create_pool, move

Step = Callable[[str], AbstractContextManager[object]]
# Common ports of development servers. Sign-out URLs must be registered with their port.
FRONT_END_PORTS = (3000, 5173, 8000, 8080)


@dataclass(frozen=True)
class Stack:
    """A local Cognito or local AWS with one user pool, and the stand-in for Google."""

    aws: LocalCognito | LocalAws
    google: Google
    admin: Any
    pool: Pool
    mailbox: Inbox
    secret_key: str

    @classmethod
    @contextmanager
    def run(
        cls,
        api_port: int = 5000,
        words: Collection[str] = (),
        step: Step = nullcontext,
        *,
        keep: Path | None = None,
        random_codes: bool = False,
    ) -> Iterator["Stack"]:
        """Run all parts while the block lasts, for an API on this port of this machine.

        `words` are those of POOL. `keep` is a folder that keeps the pool from start to start. Each
        part starts inside a `step(what)` block, which can report it.
        """
        with ExitStack() as running:
            if keep:
                running.enter_context(kept.alone(keep))
            before = kept.read(keep) if keep else None
            keys = before.keys if before else KeyPair.new()
            secret_key = before.secret_key if before else secrets.token_urlsafe(32)
            with step("the local Cognito"):
                cognito = running.enter_context(
                    LocalCognito.run(
                        keys=keys,
                        state=keep / kept.DATABASE if keep else None,
                        random_codes=random_codes,
                    )
                )
            with step("a stand-in for Google"):
                google = running.enter_context(Google.run())
            with step("a user pool"):
                admin = cognito.client("cognito-idp")
                urls = callback_urls(api_port), logout_urls(api_port)
                try:
                    if before:
                        pool = before.pool
                        move(admin, pool, google.issuer, *urls)
                    else:
                        pool = create_pool(admin, google.issuer, *urls, words)
                except (BotoCoreError, ClientError) as error:
                    raise LocalError(f"The user pool could not be made: {error}") from error
                if keep and not before:
                    kept.write(keep, kept.Kept(keys, secret_key, pool))
            mailbox = cognito.mailbox()
            if before:
                mailbox.new()  # those were shown when they came
            yield cls(cognito, google, admin, pool, mailbox, secret_key)

    def environment(self) -> dict[str, str]:
        """Return the variables that point the API at this pool."""
        return {
            "FLASK_SECRET_KEY": self.secret_key,
            "COGNITO_REGION": REGION,
            "USER_POOL_ID": self.pool.id,
            "CLIENT_ID": self.pool.client_id,
            "CLIENT_SECRET": self.pool.client_secret,
            "COGNITO_DOMAIN": self.aws.hosted_ui,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.aws.endpoint,
        }

    def control_environment(self) -> dict[str, str]:
        """Return the variables for the AWS CLI and for libraries in browsers."""
        if not isinstance(self.aws, LocalCognito):
            return {}
        return {
            "PUBLIC_CLIENT_ID": self.pool.public_client_id,
            "AWS_ACCESS_KEY_ID": self.aws.keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.aws.keys.secret_access_key,
            "AWS_DEFAULT_REGION": REGION,
        }

    def check(self) -> None:
        """Raise ChildEndedError if a part has ended."""
        self.aws.child.check()
        self.google.child.check()


def callback_urls(api_port: int) -> list[str]:
    """Return the URLs where a hosted login may end: the API's callback, and front ends' pages."""
    return [*_on_loopback(api_port, "/auth/google/callback"), *_front_ends()]


def logout_urls(api_port: int) -> list[str]:
    """Return the URLs where a hosted logout may end."""
    return [*_on_loopback(api_port, "/"), *_front_ends()]


def _front_ends() -> Iterator[str]:
    for port in FRONT_END_PORTS:
        yield from _on_loopback(port, "/")


def _on_loopback(port: int, path: str) -> Sequence[str]:
    return [f"http://{host}:{port}{path}" for host in ("127.0.0.1", "localhost")]
