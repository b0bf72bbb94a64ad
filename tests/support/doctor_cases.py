"""Shared by the doctor's tests: a pool without faults, and the diagnosis in short form."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate

import pytest

from doctor.__main__ import examine
from doctor.checks import Result
from doctor.findings import ANY, FINDINGS, OK, SKIPPED
from tests.support.app import ENDPOINT, SETTINGS
from tests.support.faults import StubAnswer, cognito_error
from tests.support.project import ROOT
from tests.support.upstream import Request, Upstream

URI = "http://127.0.0.1:5000/auth/google/callback"


def by_clock(seconds: float) -> Callable[[Request], StubAnswer]:
    """Refuse with a Date that is wrong by some seconds."""
    return lambda _: replace(NOBODY, headers={"Date": formatdate(time.time() + seconds)})


def redirect(location: str) -> StubAnswer:
    """Send a browser on."""
    return StubAnswer(302, b"", {"Location": location})


NOBODY = cognito_error("UserNotFoundException", "User does not exist.")


def scripted(upstream: Upstream) -> Upstream:
    """Make the stand-in answer as a pool without faults does for a user who does not exist."""
    upstream.answers("ConfirmForgotPassword", NOBODY)
    upstream.answers("InitiateAuth", NOBODY)
    invalid = cognito_error("NotAuthorizedException", "Invalid Refresh Token")
    upstream.answers("GetTokensFromRefreshToken", invalid)
    return upstream


def by_flow(**answers: StubAnswer) -> object:
    """Answer InitiateAuth flow by flow."""

    def answer(request: Request) -> StubAnswer:
        return answers.get(request.json["AuthFlow"], NOBODY)

    return answer


def diagnose(url: str, environ: Mapping[str, str] = SETTINGS, **settings: str) -> list[Result]:
    """Let the doctor examine a pool whose API and hosted UI are both at this URL."""
    settings = {ENDPOINT: url, "COGNITO_DOMAIN": url, **settings}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENDPOINT, settings[ENDPOINT])
        return examine({**environ, **settings})


def run(environ: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command with this environment and nothing else."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "doctor", *arguments],
        cwd=ROOT,
        env={"AWS_CONFIG_FILE": os.devnull, "PYTHON_DOTENV_DISABLED": "true", **environ},
        capture_output=True,
        text=True,
        timeout=30,
    )


def findings(results: list[Result]) -> dict[str, str]:
    """Return the findings that are not "ok", by check.

    To which pool an app client belongs, none on loopback can tell.
    """
    keys = {r.name: _key(r) for r in results if r.status not in (OK, SKIPPED)}
    return {name: key for name, key in keys.items() if (name, key) != ("pool", "unproven")}


def causes(results: list[Result]) -> set[str]:
    """Return the causes for which checks were skipped."""
    return {
        r.message.removeprefix("not checked, because of ") for r in results if r.status == SKIPPED
    }


def _key(result: Result) -> str:
    for key, finding in (ANY | FINDINGS[result.name]).items():
        pattern = re.sub(r"\\\{.*?\\\}", ".+", re.escape(finding.says))
        if re.fullmatch(pattern, result.message) and finding.status == result.status:
            return key
    raise AssertionError(f"no finding says {result.message!r}")
