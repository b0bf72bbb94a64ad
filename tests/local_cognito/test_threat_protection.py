"""Threat protection: the mail about a sign-in, and what the user says to it."""

import re
from typing import Any

import pytest

from tests.support.local_cognito import Cognito, Json, Pools
from tests.support.sign_in import access_token, members, refused


def make_pool(admin: Any, mode: str) -> tuple[str, str]:
    """Make a pool in this mode of threat protection, and return its id and that of a client."""
    pools = Pools(admin)
    pool = pools.pool(UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": mode})
    return pool, pools.client(pool, "USER_PASSWORD_AUTH")


@pytest.fixture(scope="module")
def protected(admin: Any) -> tuple[str, str]:
    """Make a pool with threat protection."""
    return make_pool(admin, "ENFORCED")


def question_in(body: str) -> Json:
    """Return the members of UpdateAuthEventFeedback that a mail names."""
    return dict(re.findall(r"^(\w+): (\S+)$", body, re.MULTILINE))


def ask(
    cognito: Cognito, public: Any, pools: Pools, protected: tuple[str, str], email: str
) -> Json:
    """Sign a new user in and return what the mail about it asks."""
    pool, client = protected
    access_token(public, client, user := pools.user(pool, email=email))
    [mail] = cognito.messages(email)
    assert mail["subject"] == "New sign-in to your account"
    question = question_in(mail["body"])
    assert question == {
        "UserPoolId": pool,
        "Username": user,
        "EventId": question["EventId"],
        "FeedbackToken": question["FeedbackToken"],
    }
    return question


@pytest.mark.parametrize("value", ["Valid", "Invalid"])
def test_the_user_says_whether_a_sign_in_was_theirs(
    cognito: Cognito,
    public: Any,
    pools: Pools,
    protected: tuple[str, str],
    email: str,
    value: str,
) -> None:
    question = ask(cognito, public, pools, protected, email)
    answer = public.update_auth_event_feedback(**question, FeedbackValue=value)
    assert members(answer) == {}


def test_feedback_takes_the_events_own_token_user_and_pool(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, protected: tuple[str, str], email: str
) -> None:
    question = ask(cognito, public, pools, protected, email)
    other = ask(cognito, public, pools, protected, f"other-{email}")
    another_pool, _ = make_pool(admin, "ENFORCED")
    no_event = "ResourceNotFoundException"
    for change, name in (
        ({"FeedbackToken": other["FeedbackToken"]}, "NotAuthorizedException"),
        ({"EventId": other["EventId"]}, no_event),
        ({"EventId": "unknown"}, no_event),
        ({"Username": other["Username"]}, no_event),
        ({"Username": "nobody"}, "UserNotFoundException"),
        ({"UserPoolId": another_pool}, "UserNotFoundException"),
        ({"UserPoolId": "us-east-1_000000000"}, no_event),
        ({"FeedbackValue": "Perhaps"}, "InvalidParameterException"),
    ):
        given = {**question, "FeedbackValue": "Valid", **change}
        assert refused(public.update_auth_event_feedback, **given)[0] == name


def test_a_pool_that_only_audits_sends_no_mail(
    admin: Any, cognito: Cognito, public: Any, pools: Pools, email: str
) -> None:
    pool, client = make_pool(admin, "AUDIT")
    access_token(public, client, pools.user(pool, email=email))
    assert cognito.messages(email) == []


def test_a_pool_without_threat_protection_takes_no_feedback(
    cognito: Cognito, public: Any, pools: Pools, email: str
) -> None:
    pool = pools.pool()
    user = pools.user(pool, email=email)
    access_token(public, pools.client(pool, "USER_PASSWORD_AUTH"), user)
    assert cognito.messages(email) == []
    assert refused(
        public.update_auth_event_feedback,
        UserPoolId=pool,
        Username=user,
        EventId="any",
        FeedbackToken="any",
        FeedbackValue="Valid",
    ) == ("UserPoolAddOnNotEnabledException", "Threat protection is off in the user pool.")
