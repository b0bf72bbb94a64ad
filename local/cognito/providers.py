"""Identity providers whose users may sign in to a pool: Google and others.

The sentences of the refusals are not known.
"""

from local.cognito import paging
from local.cognito.errors import Refused, not_there
from local.cognito.lookup import pool_by_id
from local.cognito.records import IdentityProvider
from local.cognito.server import Call, Json


def create_identity_provider(call: Call) -> Json:
    """Add a provider to a pool."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    name = call.input["ProviderName"]
    if call.store.get(IdentityProvider, f"{pool.id}/{name}") is not None:
        raise Refused("DuplicateProviderException", f"A provider named {name} already exists.")
    now = call.now()
    settings = _settings(call.input)
    settings.setdefault("AttributeMapping", {}).setdefault("username", "sub")
    provider = IdentityProvider(name, pool.id, settings, created=now, modified=now)
    call.store.save(provider)
    return {"IdentityProvider": _described(provider)}


def describe_identity_provider(call: Call) -> Json:
    """Describe a provider."""
    return {"IdentityProvider": _described(_provider(call))}


def update_identity_provider(call: Call) -> Json:
    """Change what is given."""
    provider = _provider(call)
    provider.settings |= _settings(call.input)
    provider.modified = call.now()
    call.store.save(provider)
    return {"IdentityProvider": _described(provider)}


def delete_identity_provider(call: Call) -> None:
    """Remove a provider from a pool."""
    call.store.delete(_provider(call))


def list_identity_providers(call: Call) -> Json:
    """List the providers of a pool."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    shown, more = paging.page(
        call.store.all(IdentityProvider, pool.id),
        call.input.get("MaxResults") or 60,
        call.input.get("NextToken"),
    )
    return {
        "NextToken": more,
        "Providers": [
            {
                "CreationDate": provider.created,
                "LastModifiedDate": provider.modified,
                "ProviderName": provider.name,
                "ProviderType": provider.settings["ProviderType"],
            }
            for provider in shown
        ],
    }


def _settings(given: Json) -> Json:
    names = ("ProviderType", "ProviderDetails", "AttributeMapping", "IdpIdentifiers")
    return {name: given[name] for name in names if name in given}


def _provider(call: Call) -> IdentityProvider:
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    name = call.input["ProviderName"]
    provider = call.store.get(IdentityProvider, f"{pool.id}/{name}")
    if provider is None:
        raise not_there(f"Identity provider {name} does not exist.")
    return provider


def _described(provider: IdentityProvider) -> Json:
    return {
        "CreationDate": provider.created,
        "LastModifiedDate": provider.modified,
        "ProviderName": provider.name,
        "UserPoolId": provider.pool_id,
        **provider.settings,
    }


OPERATIONS = {
    "CreateIdentityProvider": create_identity_provider,
    "DeleteIdentityProvider": delete_identity_provider,
    "DescribeIdentityProvider": describe_identity_provider,
    "ListIdentityProviders": list_identity_providers,
    "UpdateIdentityProvider": update_identity_provider,
}
