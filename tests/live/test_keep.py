"""KEEP=1: the pool, its users and its keys outlive a start."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local.servers.child import LocalError
from local.servers.stack import Stack
from tests.support.live import PASSWORD, skip_unless_local_aws

USER = "ada@example.com"


@pytest.fixture(autouse=True)
def _installed() -> None:
    skip_unless_local_aws()


def pid_of(stack: Stack) -> int:
    """Return the process id of the local Cognito."""
    pattern = f"local.cognito --port={urlsplit(stack.aws.endpoint).port} "
    return int(subprocess.check_output(["pgrep", "-f", pattern], text=True))


def log_in(stack: Stack) -> dict[str, str]:
    answer = stack.admin.initiate_auth(
        ClientId=stack.pool.public_client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": USER, "PASSWORD": PASSWORD},
    )
    tokens: dict[str, str] = answer["AuthenticationResult"]
    return tokens


def test_users_keys_and_tokens_are_there_again_after_a_hard_kill(tmp_path: Path) -> None:
    with Stack.run(keep=tmp_path) as first:
        first.admin.sign_up(ClientId=first.pool.public_client_id, Username=USER, Password=PASSWORD)
        first.admin.admin_confirm_sign_up(UserPoolId=first.pool.id, Username=USER)
        tokens = log_in(first)
        assert [mail.to for mail in first.mailbox.new()] == [(USER,)]
        os.kill(pid_of(first), signal.SIGKILL)

    with Stack.run(api_port=5001, keep=tmp_path) as second:
        assert (second.pool, second.secret_key) == (first.pool, first.secret_key)
        user = second.admin.get_user(AccessToken=tokens["AccessToken"])
        refreshed = second.admin.get_tokens_from_refresh_token(
            ClientId=second.pool.public_client_id, RefreshToken=tokens["RefreshToken"]
        )
        assert {"Name": "email", "Value": USER} in user["UserAttributes"]
        assert "AccessToken" in refreshed["AuthenticationResult"]
        assert "AccessToken" in log_in(second)
        assert second.mailbox.new() == [], "what was shown is not shown again"


def test_a_folder_is_for_one_start_at_a_time(tmp_path: Path) -> None:
    with (
        Stack.run(keep=tmp_path),
        pytest.raises(LocalError, match="Another `make run KEEP=1` is running"),
        Stack.run(api_port=5001, keep=tmp_path),
    ):
        pass


@pytest.mark.parametrize("kept", ["{", "{}", '{"keys": 1}', "[]"])
def test_what_cannot_be_read_is_named(tmp_path: Path, kept: str) -> None:
    (tmp_path / "kept.json").write_text(kept)

    with (
        pytest.raises(LocalError, match="kept.json cannot be read: remove"),
        Stack.run(keep=tmp_path),
    ):
        pass
