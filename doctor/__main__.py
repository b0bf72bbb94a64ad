"""`python -m doctor`, which `make doctor` runs: say which setting is wrong, if one is.

It reads the API's settings, sends Cognito only requests that need no AWS credentials, and changes
nothing: see probes.py. All that it can report is in findings.py.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from io import TextIOWrapper

from app.cognito.client import CognitoClient
from app.settings import (
    ENDPOINT_VARIABLES,
    OPTIONAL,
    REQUIRED,
    Settings,
    SettingsError,
    load_dotenv_file,
    unprotected_endpoint,
)
from doctor.case import Case
from doctor.checks import CHECKS, Result, conclude
from doctor.findings import FAILED, OFF, OK, SKIPPED, UNKNOWN
from doctor.probes import CALLBACK, CognitoQuestions, HostedUIQuestions, Round, ask_all

SECONDS = 2.5  # for all answers together; 5 are promised, and starting can take one or two

MARKS = {OK: "✓", FAILED: "✗", OFF: "–", UNKNOWN: "–", SKIPPED: "–"}
COUNTS = {FAILED: "failed", OFF: "off", UNKNOWN: "could not tell", SKIPPED: "not checked"}

# Used in place of missing or malformed settings, so that the others can be checked. Checks that
# need one of the replaced settings are skipped.
STAND_INS = {
    "FLASK_SECRET_KEY": "unset",
    "COGNITO_REGION": "us-east-1",
    "USER_POOL_ID": "us-east-1_unset",
    "CLIENT_ID": "unset",
    "CLIENT_SECRET": "unset",
    "COGNITO_DOMAIN": "http://127.0.0.1:1",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the checks and print their results; return 1 if one has failed, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m doctor",
        description="Say which setting of the API or of its user pool is wrong. Reads the"
        " environment of the API, changes nothing, and exits with 1 if a check has failed.",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--summary", action="store_true", help="print the last line only")
    parser.add_argument(
        "--skip",
        metavar="CHECK",
        action="append",
        default=[],
        choices=CHECKS,
        help="leave a check out, by its name; may be repeated",
    )
    options = parser.parse_args(arguments)
    try:
        load_dotenv_file()
    except SettingsError as error:
        sys.exit(str(error))
    logging.disable()  # libraries log URLs, and values from them
    results = examine(os.environ, options.skip)
    if options.json:
        _print(json.dumps(_document(results)))
    elif options.summary:
        _print(summary(results))
    else:
        _print(*map(_line, results), summary(results))
    return 1 if any(result.status == FAILED for result in results) else 0


def examine(environ: Mapping[str, str], skip: Collection[str] = ()) -> list[Result]:
    """Make all checks with the settings of this environment."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    broken = _broken(given)
    usable = STAND_INS | {name: value for name, value in given.items() if name not in broken}
    if "USER_POOL_ID" in broken:
        usable["USER_POOL_ID"] = f"{usable['COGNITO_REGION']}_unset"
    # Send requests to the pool's region; a check compares it with COGNITO_REGION.
    region = usable["COGNITO_REGION"]
    usable["COGNITO_REGION"] = usable["USER_POOL_ID"].partition("_")[0]
    settings = Settings.from_env(usable)
    redirect_uri, redirect_setting = _redirect_uri(settings)
    hosted_ui = HostedUIQuestions(settings, redirect_uri, SECONDS)
    client, cognito = None, None
    try:
        client = CognitoClient(settings)
        cognito = CognitoQuestions(settings, client, region, SECONDS)
    except SettingsError:
        pass  # boto3's own settings are wrong; the check `endpoint` reports it
    rounds: list[Round] = [
        lambda _: [*hosted_ui.questions(), *(cognito.questions() if cognito else [])],
        lambda replies: cognito.questions_with_secret(replies) if cognito else [],
        lambda _: [hosted_ui.google],
    ]
    case = Case(
        settings=settings,
        broken=broken,
        complaint=_complaint(given) if broken else "",
        region=region,
        redirect_uri=redirect_uri,
        redirect_setting=redirect_setting,
        endpoint=client.endpoint if client else None,
        endpoint_setting=next((s for s in ENDPOINT_VARIABLES if s in given), "COGNITO_REGION"),
        seconds=SECONDS,
        replies=ask_all(rounds, SECONDS),
        skip=skip,
    )
    return [_shown(result, settings) for result in conclude(case)]


def _broken(given: Mapping[str, str]) -> set[str]:
    """Return the settings that are missing or malformed, each judged alone."""
    broken = set()
    for variable, (_, read) in (REQUIRED | OPTIONAL).items():
        try:
            if variable in given:
                read(given[variable])
            elif variable in REQUIRED:
                broken.add(variable)
        except ValueError:
            broken.add(variable)
    if "USER_POOL_ID" not in broken:
        try:  # it has to begin with a region, whether or not that is COGNITO_REGION
            REQUIRED["COGNITO_REGION"][1](given["USER_POOL_ID"].partition("_")[0])
        except ValueError:
            broken.add("USER_POOL_ID")
    switch = given.get("ALLOW_HTTP_ENDPOINT", "false")
    is_allowed = "ALLOW_HTTP_ENDPOINT" not in broken and OPTIONAL["ALLOW_HTTP_ENDPOINT"][1](switch)
    if not is_allowed and (endpoint := unprotected_endpoint(given)):
        broken.add(endpoint)
    return broken


def _complaint(given: Mapping[str, str]) -> str:
    """Return the message of the API's own SettingsError for these settings, "" without one."""
    try:
        Settings.from_env(given)
    except SettingsError as error:
        return str(error).rstrip(".")
    return ""


def _redirect_uri(settings: Settings) -> tuple[str, str]:
    """Return the callback URL, and the name of the setting that decides it.

    Without COGNITO_REDIRECT_URI the API takes it from each request. The doctor takes the address
    at which `python main.py` listens.
    """
    if settings.redirect_uri:
        return settings.redirect_uri, "COGNITO_REDIRECT_URI"
    # A server that listens on all addresses is registered under its loopback address.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.port}/{CALLBACK}", "HOST and PORT (or COGNITO_REDIRECT_URI)"


def _shown(result: Result, settings: Settings) -> Result:
    """Return a result without secrets and unprintable characters, for terminals and logs."""
    secrets = [s for s in (settings.client_secret, *settings.secret_keys) if len(s) >= 8]

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        return "".join(c if c.isprintable() else "?" for c in text)

    return result._replace(message=clean(result.message), fix=clean(result.fix))


def _print(*lines: str) -> None:
    """Print lines, with escapes for what the terminal cannot show, until the reader leaves."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="namereplace")
    try:
        print(*lines, sep="\n", flush=True)
    except BrokenPipeError:  # the reader has left, as in `make doctor | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _line(result: Result) -> str:
    message = f"{MARKS[result.status]} {result.name}: {result.message}"
    return f"{message}. {result.fix}" if result.fix else message


def summary(results: Sequence[Result]) -> str:
    """Say in one line how many checks passed, and which did not."""
    passed = sum(result.status == OK for result in results)
    parts = [f"{passed} of {len(results)} checks passed"]
    for status, words in COUNTS.items():
        if names := [result.name for result in results if result.status == status]:
            named = "" if status == SKIPPED else f" ({', '.join(names)})"
            parts.append(f"{len(names)} {words}{named}")
    return ", ".join(parts)


def _document(results: Sequence[Result]) -> dict[str, object]:
    return {
        "ok": all(result.status != FAILED for result in results),
        "summary": summary(results),
        "checks": [result._asdict() for result in results],
    }


if __name__ == "__main__":
    sys.exit(main())
