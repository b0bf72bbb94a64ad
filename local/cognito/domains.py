"""Domains of a pool's hosted UI: a prefix of amazoncognito.com, or a name of one's own.

AWS takes names with dots, though the model's pattern has none; here the pattern holds.
"""

from local.cognito.errors import invalid_parameter
from local.cognito.lookup import pool_by_id
from local.cognito.records import Domain
from local.cognito.server import Call, Json

RESERVED = ("aws", "amazon", "cognito")


def create_user_pool_domain(call: Call) -> Json:
    """Give a pool a domain; it may have a prefix and a name of its own, one of each."""
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    name = call.input["Domain"]
    custom = "CustomDomainConfig" in call.input
    if not custom:
        _check_prefix(name)
    if call.store.get(Domain, name) is not None:
        raise invalid_parameter("Domain already associated with another user pool.")
    if any(is_custom(domain) == custom for domain in call.store.all(Domain, pool.id)):
        raise invalid_parameter("User pool already has a domain configured.")
    domain = Domain(name, pool.id, _settings(call.input))
    call.store.save(domain)
    return _answer(domain)


def describe_user_pool_domain(call: Call) -> Json:
    """Describe a domain; one that nobody has is described by nothing."""
    domain = call.store.get(Domain, call.input["Domain"])
    if domain is None:
        return {"DomainDescription": {}}
    return {
        "DomainDescription": {
            "AWSAccountId": call.server.account_id,
            "Domain": domain.name,
            "Status": "ACTIVE",
            "UserPoolId": domain.pool_id,
            **domain.settings,
        }
    }


def update_user_pool_domain(call: Call) -> Json:
    """Change the settings of a domain."""
    domain = _domain(call)
    domain.settings |= _settings(call.input)
    call.store.save(domain)
    return _answer(domain)


def delete_user_pool_domain(call: Call) -> Json:
    """Delete a domain."""
    call.store.delete(_domain(call))
    return {}


def is_custom(domain: Domain) -> bool:
    """Tell a name of one's own from a prefix."""
    return "CustomDomainConfig" in domain.settings


def _check_prefix(name: str) -> None:
    for word in RESERVED:
        if word in name:
            raise invalid_parameter(f"Domain cannot contain reserved word: {word}")


def _settings(given: Json) -> Json:
    settings = {"ManagedLoginVersion": given.get("ManagedLoginVersion", 1)}
    if "CustomDomainConfig" in given:
        settings["CustomDomainConfig"] = given["CustomDomainConfig"]
    return settings


def _domain(call: Call) -> Domain:
    pool = pool_by_id(call.server, call.input["UserPoolId"])
    domain = call.store.get(Domain, call.input["Domain"])
    if domain is None or domain.pool_id != pool.id:
        raise invalid_parameter("No such domain or user pool exists.")
    return domain


def _answer(domain: Domain) -> Json:
    answer: Json = {"ManagedLoginVersion": domain.settings["ManagedLoginVersion"]}
    if is_custom(domain):
        answer["CloudFrontDomain"] = "d111111abcdef8.cloudfront.net"
    return answer


OPERATIONS = {
    "CreateUserPoolDomain": create_user_pool_domain,
    "DeleteUserPoolDomain": delete_user_pool_domain,
    "DescribeUserPoolDomain": describe_user_pool_domain,
    "UpdateUserPoolDomain": update_user_pool_domain,
}
