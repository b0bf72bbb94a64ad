"""The texts of all findings of the doctor; `make findings` copies them to docs/troubleshooting.md.

A finding is `ok`, `failed` (an endpoint of the API does not work), `off` (a choice, which the API
respects) or `unknown`. The checks fill in its `{names}`. Of what a server has sent they use only
hosts, client ids and names of errors, and never a secret.
"""

from typing import NamedTuple

OK, FAILED, OFF, UNKNOWN, SKIPPED = "ok", "failed", "off", "unknown", "skipped"

FLOWS = "app client > App client information > Authentication flows (ExplicitAuthFlows)"
PAGES = "app client > Login pages"
PROVIDER = "Social and external providers > Google (the identity provider named Google)"


class Finding(NamedTuple):
    """One possible result of a check: what is the case, and what to change if it is wrong."""

    status: str
    says: str
    fix: str = ""


# Results that every check can have; the findings of the check itself come first.
ANY = {
    "skipped": Finding(SKIPPED, "not checked, because of {cause}"),
    "left out": Finding(SKIPPED, "left out, as asked"),
    "late": Finding(UNKNOWN, "cannot tell: no answer within {seconds:g} s"),
    "silent": Finding(UNKNOWN, "cannot tell: the connection failed"),
    "unreadable": Finding(UNKNOWN, "cannot tell: the answer was {answer}"),
    "throttled": Finding(UNKNOWN, "cannot tell: Cognito has too many requests; ask again later"),
    "firewall": Finding(
        UNKNOWN, "cannot tell: a rule of the web ACL (AWS WAF) of the user pool forbids asking"
    ),
}

FINDINGS: dict[str, dict[str, Finding]] = {
    "settings": {
        "ok": Finding(OK, "all settings are there and well-formed"),
        "broken": Finding(
            FAILED, "{complaint}", "Set these in this environment; the README lists all settings."
        ),
    },
    "region": {
        "ok": Finding(OK, "COGNITO_REGION is where USER_POOL_ID says its pool is"),
        "elsewhere": Finding(
            FAILED,
            "COGNITO_REGION is {region}, but the pool of USER_POOL_ID is in {pool_region}",
            "Set COGNITO_REGION to {pool_region}.",
        ),
        "prefix": Finding(
            FAILED,
            "USER_POOL_ID begins with {pool_region}, but that pool is in COGNITO_REGION, {region}",
            "Make USER_POOL_ID begin with {region}_.",
        ),
        "disagree": Finding(
            FAILED,
            "COGNITO_REGION is {region}, but USER_POOL_ID begins with {pool_region}",
            "Correct whichever of the two is wrong; no such pool was found in either.",
        ),
    },
    "endpoint": {
        "ok": Finding(OK, "Cognito answers at {endpoint}"),
        "unusable": Finding(
            FAILED,
            "boto3 cannot make a Cognito client",
            "Check AWS_PROFILE, and that AWS_ENDPOINT_URL or"
            " AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER is https (or on this machine).",
        ),
        "apart": Finding(
            FAILED,
            "COGNITO_DOMAIN is on this machine, but Cognito's API is asked at {endpoint}",
            "Set AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER to the local Cognito (and not"
            " AWS_IGNORE_CONFIGURED_ENDPOINT_URLS); for a pool on AWS, correct COGNITO_DOMAIN.",
        ),
        "path": Finding(
            FAILED,
            "{setting} has a path, and below it is no key set of a pool",
            "Correct {setting}: end it after host and port.",
        ),
        "offline": Finding(
            FAILED,
            "neither Cognito's endpoint {endpoint} nor COGNITO_DOMAIN answers",
            "Check this machine's network (DNS, firewall, VPC), then {setting}.",
        ),
        "unreachable": Finding(
            FAILED,
            "Cognito's endpoint {endpoint} cannot be reached, while COGNITO_DOMAIN can",
            "Correct {setting} (host, port, http or https?).",
        ),
        "late": Finding(
            FAILED,
            "Cognito's endpoint {endpoint} gave no answer within {seconds:g} s",
            "Check {setting}, and this machine's network.",
        ),
        "broken": Finding(
            FAILED,
            "the connection to Cognito's endpoint {endpoint} breaks off",
            "Check {setting} (http or https?), and proxies or firewalls in between.",
        ),
        "foreign": Finding(
            FAILED,
            "what answers at {endpoint} is not Cognito",
            "Correct {setting}; if that is right, a proxy in between answers.",
        ),
    },
    "keys": {
        "ok": Finding(OK, "the pool's signing keys are there and usable"),
        "no pool": Finding(
            FAILED,
            "there is no user pool USER_POOL_ID in {region}",
            "Copy USER_POOL_ID again from the pool's overview, and COGNITO_REGION from its front.",
        ),
        "unusable": Finding(
            FAILED,
            "the pool's key set has no key that can verify tokens",
            "Check {setting}, and proxies in between: Cognito's own key sets are usable.",
        ),
    },
    "clock": {
        "ok": Finding(OK, "this machine's clock agrees with Cognito's"),
        "ahead": Finding(
            FAILED,
            "this machine's clock is {skew} s ahead of Cognito's, so that tokens expire early",
            "Set the clock of this machine.",
        ),
        "behind": Finding(
            FAILED,
            "this machine's clock is {skew} s behind Cognito's, so tokens outlive their expiry",
            "Set the clock of this machine.",
        ),
        "no date": Finding(UNKNOWN, "cannot tell: the endpoint's answer has no date"),
    },
    "client": {
        "ok": Finding(OK, "Cognito knows the app client CLIENT_ID"),
        "missing": Finding(
            FAILED,
            "Cognito knows no app client CLIENT_ID in {region}",
            "Copy CLIENT_ID again from the pool's app clients.",
        ),
    },
    "secret": {
        "ok": Finding(OK, "CLIENT_SECRET is the app client's secret"),
        "wrong": Finding(
            FAILED,
            "CLIENT_SECRET is not the secret of the app client CLIENT_ID",
            "Copy CLIENT_SECRET again from that app client > App client information > Client"
            " secret; if it is the same there, CLIENT_ID is another app client's.",
        ),
        "none": Finding(
            FAILED,
            "the app client has no secret (GenerateSecret), so Cognito refuses CLIENT_SECRET",
            "Make an app client with a client secret, and set CLIENT_ID and CLIENT_SECRET to it.",
        ),
    },
    "user_password_auth": {
        "ok": Finding(OK, "USER_PASSWORD_AUTH is on, for POST /auth/login"),
        "off": Finding(
            FAILED,
            "USER_PASSWORD_AUTH is off, which POST /auth/login needs",
            f"Add ALLOW_USER_PASSWORD_AUTH in {FLOWS}.",
        ),
    },
    "user_srp_auth": {
        "ok": Finding(OK, "USER_SRP_AUTH is on, for POST /auth/start"),
        "off": Finding(
            OFF,
            "USER_SRP_AUTH is off: POST /auth/start refuses that flow",
            f"If you want it, add ALLOW_USER_SRP_AUTH in {FLOWS}.",
        ),
    },
    "user_auth": {
        "ok": Finding(OK, "USER_AUTH is on, for POST /auth/start"),
        "off": Finding(
            OFF,
            "USER_AUTH is off: POST /auth/start refuses that flow",
            f"If you want it, add ALLOW_USER_AUTH in {FLOWS}.",
        ),
        "plan": Finding(
            OFF,
            "USER_AUTH is off, as the pool's feature plan does not include it",
            "If you want it, choose the plan Essentials in the user pool's settings.",
        ),
        "unsupported": Finding(
            OFF,
            "USER_AUTH is not supported by this local Cognito: POST /auth/start refuses that flow",
            "If you want it, use a pool on AWS.",
        ),
    },
    "custom_auth": {
        "ok": Finding(OK, "CUSTOM_AUTH is on, for POST /auth/start"),
        "off": Finding(
            OFF,
            "CUSTOM_AUTH is off: POST /auth/start refuses that flow",
            f"If you want it, add ALLOW_CUSTOM_AUTH in {FLOWS}.",
        ),
        "no triggers": Finding(
            OFF,
            "CUSTOM_AUTH is allowed, but the pool has no Lambda triggers for it",
            "If you want it, add the challenge triggers in Extensions > Lambda triggers.",
        ),
        "endless": Finding(
            UNKNOWN,
            "cannot tell: this local Cognito asks custom challenges without end, as it runs no"
            " Lambda triggers",
        ),
    },
    "refresh": {
        "ok": Finding(
            OK,
            "POST /auth/refresh: Cognito refused only the made-up token; rotation may be on or off",
        ),
        "off": Finding(
            FAILED,
            "the app client does not allow refreshing tokens",
            "Switch on refresh token rotation in app client > App client information,"
            f" or add ALLOW_REFRESH_TOKEN_AUTH in {FLOWS}.",
        ),
        "unasked": Finding(
            UNKNOWN,
            "cannot tell: the question would send CLIENT_SECRET unencrypted to {endpoint}",
        ),
    },
    "user_existence": {
        "ok": Finding(OK, "POST /auth/forgot-password answers 404 for unknown users"),
        "hidden": Finding(
            OFF,
            "unknown users get no 404 from POST /auth/forgot-password: PreventUserExistenceErrors"
            " is ENABLED",
            "Keep it, or let everybody learn who has an account: app client > App client"
            " information > Prevent user existence errors.",
        ),
    },
    "domain": {
        "ok": Finding(OK, "the hosted UI answers at COGNITO_DOMAIN"),
        "unreachable": Finding(
            FAILED,
            "COGNITO_DOMAIN cannot be reached, while Cognito's endpoint can",
            "Copy COGNITO_DOMAIN again (http or https?) from Branding > Domain, or make one there.",
        ),
        "late": Finding(
            FAILED,
            "COGNITO_DOMAIN gave no answer within {seconds:g} s, while Cognito's endpoint did",
            "Check COGNITO_DOMAIN against Branding > Domain, and this machine's network.",
        ),
        "broken": Finding(
            FAILED,
            "the connection to COGNITO_DOMAIN breaks off",
            "Check COGNITO_DOMAIN (http or https?), and proxies or firewalls in between.",
        ),
        "foreign": Finding(
            FAILED,
            "what answers at COGNITO_DOMAIN is no hosted UI of Cognito's",
            "Copy COGNITO_DOMAIN again from Branding > Domain.",
        ),
        "region": Finding(
            FAILED,
            "COGNITO_DOMAIN is in {domain_region}, but the pool is in {region}",
            "Copy COGNITO_DOMAIN again from Branding > Domain.",
        ),
        "another": Finding(
            FAILED,
            "COGNITO_DOMAIN is the hosted UI of another user pool: it does not know CLIENT_ID",
            "Set COGNITO_DOMAIN to {domain}.",
        ),
    },
    "pool": {
        "ok": Finding(OK, "CLIENT_ID and COGNITO_DOMAIN belong to the pool USER_POOL_ID"),
        "another": Finding(
            FAILED,
            "CLIENT_ID belongs to COGNITO_DOMAIN, but USER_POOL_ID is a pool with the domain"
            " {domain}",
            "Correct USER_POOL_ID; or, if that is right, both CLIENT_ID and COGNITO_DOMAIN.",
        ),
        "unproven": Finding(
            UNKNOWN,
            "cannot tell whether CLIENT_ID is an app client of the pool USER_POOL_ID, as the pool"
            " does not name COGNITO_DOMAIN; if new tokens are refused as another pool's, it is not",
        ),
    },
    "code_grant": {
        "ok": Finding(OK, "the hosted UI accepts the authorization code grant"),
        "off": Finding(
            FAILED,
            "the app client does not allow the authorization code grant, which Google login needs",
            f"Choose it in {PAGES} > OAuth 2.0 grant types (AllowedOAuthFlows: code;"
            " AllowedOAuthFlowsUserPoolClient: true).",
        ),
    },
    "redirect_uri": {
        "ok": Finding(OK, "the callback URL {uri} is registered"),
        "spelling": Finding(
            FAILED,
            "the callback URL {uri} is not registered in the app client, but {other} is",
            f"Make {{setting}} and {PAGES} > Allowed callback URLs (CallbackURLs) the same.",
        ),
        "unregistered": Finding(
            FAILED,
            "the callback URL {uri} is not registered in the app client",
            f"Add it in {PAGES} > Allowed callback URLs (CallbackURLs), or correct {{setting}}.",
        ),
        "rewritten": Finding(
            UNKNOWN,
            "the callback URL {uri} ({setting}) is registered, but is not that of this API: right"
            " only if something on the way makes it /auth/google/callback",
        ),
    },
    "scopes": {
        "ok": Finding(OK, "the hosted UI accepts the four scopes that Google login asks for"),
        "missing": Finding(
            FAILED,
            "the app client does not allow the scope {scopes}",
            f"Add it in {PAGES} > OpenID Connect scopes (AllowedOAuthScopes).",
        ),
        "unclear": Finding(
            FAILED,
            "the app client does not allow all four scopes that Google login asks for",
            "Choose openid, email, profile and aws.cognito.signin.user.admin in"
            f" {PAGES} > OpenID Connect scopes (AllowedOAuthScopes).",
        ),
    },
    "google": {
        "ok": Finding(
            OK, "Google login goes to {host} as client {client_id}, and is to return to {returns}"
        ),
        "late": Finding(
            UNKNOWN,
            "cannot tell: COGNITO_DOMAIN answers, but within {seconds:g} s not for a Google login;"
            f" if that stays so, check issuer URL (oidc_issuer) of {PROVIDER}",
        ),
        "saml": Finding(
            UNKNOWN,
            f"cannot tell: Google login goes to {{host}} by SAML, the type of {PROVIDER}",
        ),
        "missing": Finding(
            FAILED,
            "Google login is not there: the user pool has no identity provider named Google",
            f"Add it in {PROVIDER}; without Google login, run with --skip google.",
        ),
        "not offered": Finding(
            FAILED,
            "Google login is not offered: Cognito shows a page of its own instead of Google's",
            f"Choose Google in {PAGES} > Identity providers (SupportedIdentityProviders), if the"
            " pool has that provider; without Google login, run with --skip google.",
        ),
        "endpoints": Finding(
            FAILED,
            "Cognito cannot tell where to send a Google login",
            f"Check type, issuer URL (oidc_issuer) and authorize URL of {PROVIDER}.",
        ),
        "no client id": Finding(
            FAILED,
            "Cognito sends no client id along to Google",
            f"Set the client id of {PROVIDER}.",
        ),
        "no email": Finding(
            FAILED,
            "Cognito does not ask Google for {scopes}, and users of this pool need an email",
            f"Add what is missing to the authorized scopes (authorize_scopes) of {PROVIDER}.",
        ),
        "fewer scopes": Finding(
            OFF,
            "Cognito does not ask Google for {scopes}",
            f"If you want it, add it to the authorized scopes (authorize_scopes) of {PROVIDER}.",
        ),
        "unreachable": Finding(
            FAILED,
            "Google login goes to {host}, which cannot be reached",
            f"Check issuer URL (oidc_issuer) and authorize URL of {PROVIDER}.",
        ),
        "no page": Finding(
            FAILED,
            "Google login goes to {host}, where there is no login page (404)",
            f"Check issuer URL (oidc_issuer) and authorize URL of {PROVIDER}.",
        ),
        "unknown at Google": Finding(
            FAILED,
            "Google does not know the OAuth client that Cognito uses",
            f"Correct the client id of {PROVIDER}.",
        ),
        "not at Google": Finding(
            FAILED,
            "Google does not have {returns} as a redirect URI of its OAuth client",
            "Add it in the Google console > Credentials > Authorised redirect URIs.",
        ),
        "elsewhere": Finding(
            UNKNOWN,
            "Google is to return to {returns}, which is not below COGNITO_DOMAIN: right only if"
            " both are domains of this pool (Branding > Domain)",
        ),
    },
    "sign_out": {
        "ok": Finding(OK, "the hosted UI returns to {root}, as GET /auth/google/logout asks it to"),
        "spelling": Finding(
            FAILED,
            "the sign-out URL {root} is not registered in the app client, but {other} is",
            f"Correct it in {PAGES} > Allowed sign-out URLs (LogoutURLs), or correct {{setting}}.",
        ),
        "unregistered": Finding(
            FAILED,
            "the sign-out URL {root} is not registered, which GET /auth/google/logout needs",
            f"Add it in {PAGES} > Allowed sign-out URLs (LogoutURLs), or correct {{setting}}.",
        ),
        "no app": Finding(
            OFF,
            "a hosted logout cannot end at {urls}, which RETURN_URLS has for logins",
            f"If you want it, add it in {PAGES} > Allowed sign-out URLs (LogoutURLs).",
        ),
    },
}
