"""Read the replies of the hosted UI and of Google's login page.

Each check relies on the AWS page or the thread in its docstring. A reply with two meanings leads
to "cannot tell".
"""

import base64
import re
from urllib.parse import parse_qs, urlsplit

from app import strict
from app.cognito.vocabulary import SCOPES
from doctor.case import Case, Reading, is_page_of_ministack, origin, refusal_reason, unreadable
from doctor.findings import FAILED, OK
from doctor.probes import CALLBACK, RETURN, SCOPE_SETS, Reply, single_pages, variants

PREFIX_DOMAIN = re.compile(r"https://[^./]+\.auth\.([a-z0-9-]+)\.amazoncognito\.com")


def domain(case: Case) -> Reading:
    """Check that /oauth2/authorize answers and knows the app client.

    A hosted UI redirects to its /login or /error, or back to the app with an error. If the app
    client has only one identity provider, it redirects to that.
    https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
    """
    reply, here = case.reply("authorize"), case.settings.domain
    prefix = PREFIX_DOMAIN.fullmatch(here)
    known = not {"COGNITO_REGION", "USER_POOL_ID"} <= set(case.broken)
    if prefix and prefix[1] != case.settings.region and known:
        return "region", {"domain_region": prefix[1]}
    if reply.failure:
        if case.statuses["endpoint"] == FAILED and case.reply("client").failure:
            return "skipped", {"cause": "endpoint"}
        return "broken" if reply.failure == "silent" else reply.failure
    if reply.status >= 500 or reply.status in (403, 429):  # AWS WAF answers with 403
        return unreadable(reply)
    if not _is_hosted_ui(case, reply):
        unclear = _host(reply.location) == _host(here) or refusal_reason(reply)
        return unreadable(reply) if unclear else "foreign"
    unknown_here = refusal_reason(reply) == "client"
    if case.statuses["client"] == FAILED or (unknown_here and case.statuses["client"] != OK):
        return "skipped", {
            "cause": case.causes.get("client", "client")
        }  # which of the two is wrong is not known
    if unknown_here:
        return "another", {"domain": _pool_domain(case) or "that of this pool: Branding > Domain"}
    return "ok"


def _is_hosted_ui(case: Case, reply: Reply) -> bool:
    if 300 <= reply.status < 400:
        parts = urlsplit(reply.location)
        if parts.path == "/login":  # other sites have that path, too
            return parse_qs(parts.query).get("client_id") == [case.settings.client_id]
        to_provider = RETURN in parts.query or "SAMLRequest=" in parts.query
        back = reply.location.startswith(case.redirect_uri)
        return to_provider or back or parts.path == "/error"
    # ministack answers refusals as JSON, and serves its login page at this very URL.
    if reply.status == 400:
        return refusal_reason(reply) not in ("", "other")
    return is_page_of_ministack(case, reply)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def pool(case: Case) -> Reading:
    """Compare COGNITO_DOMAIN, which knows the app client, with the domain in the pool's discovery.

    Nothing else tells which pool an app client belongs to. A pool has at most one prefix domain
    and one custom domain; its discovery document names one of the two.
    https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-domain.html
    """
    configured, pool_domain = case.settings.domain, _pool_domain(case)
    # Over plain http this proves nothing: ministack returns the host of the request.
    if pool_domain == configured and configured.startswith("https:"):
        return "ok"
    if not (PREFIX_DOMAIN.fullmatch(pool_domain or "") and PREFIX_DOMAIN.fullmatch(configured)):
        return "unproven"
    return "another", {"domain": pool_domain}


def _pool_domain(case: Case) -> str | None:
    """Return the domain that the pool's discovery document names."""
    try:
        url = strict.json_object(case.reply("discovery").body)["authorization_endpoint"]
    except (ValueError, KeyError):
        return None
    return origin(url) if isinstance(url, str) else None


def code_grant(case: Case) -> Reading:
    """Check that the app client allows the code grant; for sources see refusal_reason()."""
    if case.statuses["secret"] == FAILED:  # maybe as CLIENT_ID is that of another app client
        return "skipped", {"cause": "secret"}
    reply = case.reply("authorize")
    about = refusal_reason(reply)
    if about == "redirect":  # Cognito may check the redirect URI before the grant
        return "skipped", {"cause": "redirect_uri"}
    if about == "grant":
        return "off"
    return "ok" if about in ("", "scope") else unreadable(reply)


def redirect_uri(case: Case) -> Reading:
    """Check that the callback URL is registered; for sources see refusal_reason()."""
    if case.statuses["secret"] == FAILED:  # maybe as CLIENT_ID is that of another app client
        return "skipped", {"cause": "secret"}
    reply = case.reply("authorize")
    values: dict[str, object] = {"uri": case.redirect_uri, "setting": case.redirect_setting}
    about = refusal_reason(reply)
    if about == "redirect":
        for other in variants(case.redirect_uri):
            answer = case.reply(f"callback {other}")
            is_answer = not answer.failure and answer.status < 500
            if is_answer and refusal_reason(answer) in ("", "scope"):
                return "spelling", {**values, "other": other}
        return "unregistered", values
    if about == "grant":
        return "skipped", {"cause": "code_grant"}
    if about not in ("", "scope"):
        return unreadable(reply)
    return ("ok" if case.redirect_uri.endswith(f"/{CALLBACK}") else "rewritten"), values


def scopes(case: Case) -> Reading:
    """Check that all scopes are allowed, or find which are not; for sources see refusal_reason().

    `email` and `profile` may need `openid` beside them.
    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
    """
    reply = case.reply("authorize")
    if refusal_reason(reply) != "scope":
        return unreadable(reply) if refusal_reason(reply) else "ok"

    replies = {scopes: case.reply(f"scope {scopes}") for scopes in SCOPE_SETS}
    if any(reply.failure or reply.status >= 500 for reply in replies.values()):
        return "unclear"
    allowed = {s.split()[-1] for s, reply in replies.items() if not refusal_reason(reply)}
    missing = [scope for scope in SCOPES if scope not in allowed]
    if "openid" in missing:  # nothing is known about the two that may need it
        missing = [scope for scope in missing if scope not in ("email", "profile")]
    return ("missing", {"scopes": ", ".join(missing)}) if missing else "unclear"


def google(case: Case) -> Reading:
    """Check where /oauth2/authorize redirects to with identity_provider=Google, and what is there.

    https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/google.html
    Without the provider, Cognito stays on its own pages:
    https://github.com/aws-amplify/aws-sdk-android/issues/1808
    """
    reply = case.reply("google")
    about = refusal_reason(reply)
    if about in ("provider", "endpoints"):
        return "missing" if about == "provider" else "endpoints"
    if reply.failure or not 300 <= reply.status < 400:
        return unreadable(reply)
    parts = urlsplit(reply.location)
    if about or parts.netloc in ("", _host(case.settings.domain)):
        return "not offered" if parts.path in ("/login", "/error") else unreadable(reply)
    parameters = parse_qs(parts.query)
    if "SAMLRequest" in parameters:
        return "saml", {"host": origin(reply.location)}
    client_id = re.sub(r"[^A-Za-z0-9._-]", "", parameters.get("client_id", [""])[0])
    if not client_id:
        return "no client id"
    scopes = parameters.get("scope", [""])[0].split()
    if lacking := [scope for scope in ("openid", "email", "profile") if scope not in scopes]:
        # Users of a pool that signs in by email need an email; the other scopes fill attributes.
        key = "no email" if "email" in lacking else "fewer scopes"
        return key, {"scopes": ", ".join(lacking)}
    returns = origin(parameters.get("redirect_uri", [""])[0]) + "/oauth2/idpresponse"
    values: dict[str, object] = {
        "host": origin(reply.location),
        "client_id": client_id,
        "returns": returns,
    }
    if (at_provider := _provider_page(case.reply("provider"))) != "ok":
        return at_provider, values
    return ("ok" if returns.startswith(f"{case.settings.domain}/") else "elsewhere"), values


def _provider_page(page: Reply) -> str:
    """Read the provider's login page: Google names an error there, or in the next URL's query.

    https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors
    """
    if page.failure == "unreachable":
        return "unreachable"
    if page.status == 404:
        return "no page"
    if b"redirect_uri_mismatch" in (words := _error_at_google(page)):
        return "not at Google"
    if b"invalid_client" in words or b"deleted_client" in words:
        return "unknown at Google"
    return "ok"


def _error_at_google(page: Reply) -> bytes:
    if page.status in (400, 401):
        return page.body
    try:
        coded = parse_qs(urlsplit(page.location).query)["authError"][0]
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
    except (KeyError, ValueError):
        return b""


def sign_out(case: Case) -> Reading:
    """Check that the sign-out URL is registered: /logout redirects to exact matches only.

    So should each page of RETURN_URLS be at which a logout may end, which is a choice.
    https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    """
    root = case.redirect_uri.removesuffix(CALLBACK)
    values: dict[str, object] = {"root": root, "setting": case.redirect_setting}
    reply = case.reply(f"sign out {root}")
    if reply.location == root:
        apps = single_pages(case.settings.return_urls)
        refused = [url for url in apps if _is_refused(case.reply(f"sign out {url}"))]
        return ("no app", {**values, "urls": ", ".join(refused)}) if refused else ("ok", values)
    if not _is_refused(reply):
        return unreadable(reply)
    for other in variants(root):
        if case.reply(f"sign out {other}").location == other:
            return "spelling", {**values, "other": other}
    return "unregistered", values


def _is_refused(reply: Reply) -> bool:
    """Tell whether /logout says that a URL is not one of the app client's sign-out URLs."""
    error_page = urlsplit(reply.location).path == "/error"
    return 300 <= reply.status < 500 and (error_page or "logout_uri" in reply.sentence)
