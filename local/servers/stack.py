"""Everything that the API needs around it, started in order and stopped in reverse."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.servers.child import LocalError
from local.servers.google import Google
from local.servers.mailbox import Mailbox
from local.servers.ministack import REGION, SIGN_IN, LocalAws
from local.servers.pool import Pool, create_pool

Step = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True)
class Stack:
    """A local AWS with one user pool, and a Google to sign in with."""

    aws: LocalAws
    google: Google
    admin: Any
    pool: Pool
    mailbox: Mailbox

    @classmethod
    @contextmanager
    def run(
        cls,
        api_port: int = 5000,
        prevent_user_existence_errors: str = "LEGACY",
        step: Step = nullcontext,
    ) -> Iterator["Stack"]:
        """Run it all while the block lasts, for an API on the given port of this machine.

        Each part starts inside a `step(what)` block, for those who want to follow.
        """
        with ExitStack() as running:
            with step("the local AWS"):
                aws = running.enter_context(LocalAws.run(SIGN_IN))
            with step("a stand-in for Google"):
                google = running.enter_context(Google.run())
            with step("a user pool"):
                admin = aws.client("cognito-idp")
                try:
                    pool = create_pool(
                        admin,
                        google.issuer,
                        callback_urls=[
                            f"http://{host}:{api_port}/auth/google/callback"
                            for host in ("127.0.0.1", "localhost")
                        ],
                        logout_urls=[f"http://127.0.0.1:{api_port}/"],
                        prevent_user_existence_errors=prevent_user_existence_errors,
                    )
                except (BotoCoreError, ClientError) as error:
                    raise LocalError(f"The user pool could not be made: {error}") from error
            yield cls(aws, google, admin, pool, Mailbox(aws.endpoint))

    def environment(self) -> dict[str, str]:
        """Return the variables that point the API at this pool."""
        return {
            "FLASK_SECRET_KEY": secrets.token_urlsafe(32),
            "COGNITO_REGION": REGION,
            "USER_POOL_ID": self.pool.id,
            "CLIENT_ID": self.pool.client_id,
            "CLIENT_SECRET": self.pool.client_secret,
            "COGNITO_DOMAIN": self.aws.hosted_ui,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.aws.endpoint,
        }

    def check(self) -> None:
        """Raise ChildEndedError if a part of it is no longer there."""
        self.aws.child.check()
        self.google.child.check()
