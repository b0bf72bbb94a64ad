"""Takes an answer apart: each member, header and claim by its name, with the form of its value."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from walk.fidelity import forms
from walk.records import Step
from walk.walker import Walker

# These say how an answer came, not what is in it.
OF_TRANSPORT = {
    "age",
    "alt-svc",
    "apigw-requestid",
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "strict-transport-security",
    "transfer-encoding",
    "via",
    "x-amz-apigw-id",
    "x-amz-cf-id",
    "x-amz-cf-pop",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-cache",
}
# Members whose value is a token's, or the local pool's, whatever it looks like.
OPAQUE = {
    "aud",
    "client_id",
    "credential_id",
    "device_group_key",
    "challenge",
    "at_hash",
    "nonce",
    "kid",
    "secret",
    "session",
    "salt",
    "srp_b",
    "last_ip_address",
    "city",
    "country",
}
# Members whose text may be shown once it is free of ids and addresses. Of others it is said only
# whether they differ: they may hold what nobody but the pool's owner should read.
SHOWN = {
    "algorithm",
    "alg",
    "attestation",
    "attribute",
    "available_challenges",
    "leads_to",
    "authenticatorselection",
    "challenge",
    "code_delivery_delivery_medium",
    "code_delivery_medium",
    "configured_user_auth_factors",
    "error",
    "event_id",
    "identity_provider",
    "iss",
    "medium",
    "message",
    "mfas_can_choose",
    "preferred_mfa_setting",
    "oauth",
    "requireresidentkey",
    "residentkey",
    "response_type",
    "scope",
    "session_type",
    "status",
    "timeout",
    "token_type",
    "token_use",
    "typ",
    "type",
    "updated",
    "user_mfa_setting_list",
    "userverification",
    "version",
}
HEADERS_SHOWN = {
    "cache-control",
    "content-security-policy",
    "content-type",
    "location",
    "referrer-policy",
    "retry-after",
    "set-cookie",
    "vary",
    "www-authenticate",
    "x-content-type-options",
}
TOKENS = {"access_token": "access token", "id_token": "ID token"}
SESSION_PREFIXES = ("__Host-", "__Secure-")

MISSING = "nothing"

Known = Sequence[tuple[str, str]]


def known(walk: Walker) -> Known:
    """Return what is the walk's own, each with what it is; the longest first."""
    user = walk.user
    texts = {
        **{value: f"<${name}>" for name, value in walk.values.items()},
        **dict.fromkeys(user.emails, "<email>"),
        walk.new_email: "<new email>",
        user.sub: "<sub>",
        walk.phone or "": "<number>",
        walk.base: "<host>",
        user.pool_id: "<pool>",
    }
    long = {text: form for text, form in texts.items() if len(text) > 5}
    return sorted(long.items(), key=lambda item: -len(item[0]))


def of_step(step: Step, own: Known) -> dict[str, str]:
    """Return the facts of a step's answer by name; none if no answer came."""
    answer = step.answer
    if answer is None:
        return {"answer": "none"}
    facts = {"status": str(answer.status)}
    for name, value in answer.headers.items():
        if name.lower() not in OF_TRANSPORT:
            facts |= _of_header(name, value, own)
    body = answer.json if answer.json else answer.text.strip()
    facts |= dict(_of_member("", body, own))
    for member, title in TOKENS.items():
        facts |= _of_token(title, answer.json.get(member), own)
    return facts


def shown(fact: str, form: str) -> str:
    """Return what a report may say of a fact's form."""
    kind, _, rest = fact.partition(" ")
    name = rest.split(" ")[0] if kind == "header" else rest.rpartition(".")[2].rpartition(" ")[2]
    allowed = HEADERS_SHOWN if kind == "header" else SHOWN
    if kind in ("status", "answer", "step") or name.lower() in allowed:
        return form
    literal = form.strip('"')
    is_plain = literal in ("true", "false", "null", "[]", "{}", MISSING)
    is_plain = is_plain or literal.replace(".", "", 1).isdigit()
    if is_plain or (form.startswith("<") and form.endswith(">") and form.count("<") == 1):
        return form
    return f"a text of {len(form)} characters"


def _of_header(name: str, value: str, own: Known) -> dict[str, str]:
    title = f"header {forms.of_text(name, own)}"
    if name.lower() == "location":
        parts = forms.of_url(value, own)
        return {f"{title} {part}".rstrip(): form for part, form in parts.items()}
    if name.lower() == "x-request-id":
        return {title: "<opaque>"}
    if name.lower() == "set-cookie":
        value = _cookie(value)
        title = f"{title} {value.partition(';')[0]}"
    return {title: forms.of_text(value, own)}


def _cookie(text: str) -> str:
    """Return a cookie without its value, and without what only https has."""
    first, *attributes = [part.strip() for part in text.split(";")]
    cookie_name = first.partition("=")[0]
    for prefix in SESSION_PREFIXES:
        cookie_name = cookie_name.removeprefix(prefix)
    kept = [a for a in attributes if a.lower() != "secure" and not a.lower().startswith("expires")]
    return "; ".join([cookie_name, *kept])


def _of_member(name: str, value: Any, own: Known) -> Iterator[tuple[str, str]]:
    title = f"member {name}" if name else "body"
    last = name.rpartition(".")[2].lower()
    is_opaque = last in OPAQUE or name.endswith("user.id")
    if isinstance(value, str) and value.startswith("{") and name:
        value = _parsed(value)
    if isinstance(value, Mapping):
        if name and not value:
            yield title, "{}"
        for member, inner in value.items():
            part = forms.of_text(str(member), own)
            yield from _of_member(f"{name}.{part}" if name else part, inner, own)
    elif isinstance(value, list):
        if not any(isinstance(item, Mapping) for item in value):
            yield title, ", ".join(forms.of_value(item, own) for item in value) or "[]"
            return
        # How many there are depends on what the user did before.
        yield f"{title} (items)", "one" if len(value) == 1 else "several"
        forms_by_name: dict[str, set[str]] = {}
        for item in value:
            for fact, form in _of_member(f"{name}[]", item, own):
                forms_by_name.setdefault(fact.removeprefix("member "), set()).add(form)
        for fact, found in forms_by_name.items():
            yield f"member {fact}", " or ".join(sorted(found))
    elif is_opaque and isinstance(value, str) and name != "challenge":
        yield title, "<opaque>"
    elif isinstance(value, str) and value.startswith("<svg"):
        yield title, "<picture>"
    elif value != "":
        yield title, forms.of_value(value, own)


def _of_token(title: str, token: object, own: Known) -> dict[str, str]:
    if not isinstance(token, str) or token.count(".") != 2:
        return {}
    header, payload = (_parsed(_decoded(part)) for part in token.split(".")[:2])
    facts = {}
    for kind, members in (("header", header), ("claim", payload)):
        for name, value in members.items() if isinstance(members, Mapping) else ():
            for fact, form in _of_member(forms.of_text(str(name), own), value, own):
                facts[f"{title} {fact.replace('member', kind, 1)}"] = form
    if isinstance(payload, Mapping):
        with_times = [payload.get(name) for name in ("iat", "exp")]
        if all(isinstance(time, int) for time in with_times):
            facts[f"{title} lifetime"] = str(payload["exp"] - payload["iat"])
    return facts


def _decoded(part: str) -> str:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode(errors="replace")
    except ValueError:
        return ""


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
