"""The doctor's checks in their order, and which of them depend on which."""

from collections.abc import Callable
from typing import NamedTuple

from app.settings import ENDPOINT_VARIABLES
from doctor import cognito_api, hosted_ui
from doctor.case import Case, Reading, origin
from doctor.findings import ANY, FAILED, FINDINGS, SKIPPED, UNKNOWN


class Result(NamedTuple):
    """A check's result as it is printed."""

    name: str
    status: str
    message: str
    fix: str


class Check(NamedTuple):
    """How a check is made, and the settings and checks on which it depends (`needs`)."""

    read: Callable[[Case], Reading]
    needs: tuple[str, ...] = ()


def conclude(case: Case) -> list[Result]:
    """Make all checks; skip those that depend on something wrong, and those left out."""
    return [_result(name, check, case) for name, check in CHECKS.items()]


def _result(name: str, check: Check, case: Case) -> Result:
    causes = ["settings" for need in check.needs if need in case.broken]
    causes += [
        case.causes.get(need, need)
        for need in check.needs
        if case.statuses.get(need) in (FAILED, SKIPPED)
        or (case.statuses.get(need) == UNKNOWN and need not in TENTATIVE)
    ]
    reading: Reading = "left out"
    if name not in case.skip:
        reading = ("skipped", {"cause": causes[0]}) if causes else check.read(case)
    key, values = (reading, {}) if isinstance(reading, str) else reading
    finding = FINDINGS[name].get(key) or ANY[key]
    values = {
        "seconds": case.seconds,
        "region": case.settings.region,
        "endpoint": case.endpoint and origin(case.endpoint),
        "setting": case.endpoint_setting,
        **values,
    }
    case.statuses[name] = finding.status
    if finding.status == SKIPPED:
        case.causes[name] = str(values.get("cause", name))
    message = finding.says.format(**values)
    return Result(name, finding.status, message, finding.fix.format(**values))


# Checks that depend on one of these are made even if its result is unknown.
TENTATIVE = {"client", "secret"}

CHECKS: dict[str, Check] = {
    "settings": Check(cognito_api.settings),
    "region": Check(cognito_api.region, ("COGNITO_REGION", "USER_POOL_ID")),
    "endpoint": Check(cognito_api.endpoint, ENDPOINT_VARIABLES),
    "keys": Check(cognito_api.keys, ("USER_POOL_ID", "endpoint")),
    "clock": Check(cognito_api.clock, ("endpoint",)),
    "client": Check(cognito_api.client, ("CLIENT_ID", "endpoint")),
    "secret": Check(cognito_api.secret, ("CLIENT_SECRET", "client")),
    "user_password_auth": Check(cognito_api.flow("USER_PASSWORD_AUTH"), ("secret",)),
    "user_srp_auth": Check(cognito_api.flow("USER_SRP_AUTH"), ("secret",)),
    "user_auth": Check(cognito_api.flow("USER_AUTH"), ("secret",)),
    "custom_auth": Check(cognito_api.flow("CUSTOM_AUTH"), ("secret",)),
    "refresh": Check(cognito_api.refresh, ("keys", "secret")),
    "user_existence": Check(cognito_api.user_existence, ("secret",)),
    "domain": Check(hosted_ui.domain, ("COGNITO_DOMAIN", "CLIENT_ID")),
    "pool": Check(hosted_ui.pool, ("USER_POOL_ID", "keys", "domain")),
    "code_grant": Check(hosted_ui.code_grant, ("domain",)),
    "redirect_uri": Check(hosted_ui.redirect_uri, ("COGNITO_REDIRECT_URI", "domain")),
    "scopes": Check(hosted_ui.scopes, ("redirect_uri",)),
    "google": Check(hosted_ui.google, ("scopes",)),
    "sign_out": Check(hosted_ui.sign_out, ("redirect_uri",)),
}
