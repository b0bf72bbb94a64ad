"""Session tracking: listing sessions, ending one, and the limit for each user."""

from typing import Any

import pytest

from tests.support.local_cognito import PASSWORD, Cognito, Json, Pools
from tests.support.sign_in import access_token, begin, members, refused

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/131.0.0.0 Safari/537.36"
)


def make_pool(admin: Any, most: int) -> tuple[str, str]:
    """Make a pool that tracks this many sessions of a user; return its id and a client's."""
    pools = Pools(admin)
    pool = pools.pool()
    admin.set_user_pool_session_configuration(
        UserPoolId=pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": most}
    )
    return pool, pools.client(pool, "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH")


@pytest.fixture(scope="module")
def tracked(admin: Any) -> tuple[str, str]:
    """Make a pool that tracks sessions."""
    return make_pool(admin, 20)


def sessions_of(public: Any, token: str) -> list[Json]:
    """Return the user's sessions."""
    answer = members(public.list_user_sessions(AccessToken=token))
    assert set(answer) == {"Sessions"}
    sessions: list[Json] = answer["Sessions"]
    return sessions


def id_of(public: Any, token: str) -> str:
    """Return the ID of the session that a token belongs to."""
    [current] = [item for item in sessions_of(public, token) if item["IsCurrentSession"]]
    session_id: str = current["SessionId"]
    return session_id


def test_the_sessions_of_a_user_in_all_clients_are_listed_the_newest_first(
    cognito: Cognito, public: Any, pools: Pools, tracked: tuple[str, str]
) -> None:
    pool, client = tracked
    user, other_client = pools.user(pool), pools.client(pool, "USER_PASSWORD_AUTH")
    access_token(public, client, pools.user(pool))  # another user's session
    first = access_token(public, client, user)
    cognito.advance(1)
    second = access_token(public, other_client, user)
    listed = sessions_of(public, first)
    assert [(item["ClientId"], item["IsCurrentSession"]) for item in listed] == [
        (other_client, False),
        (client, True),
    ]
    assert listed[1] == {
        "ClientId": client,
        "CreateDate": listed[1]["CreateDate"],
        "DeviceType": "Linux",
        "IsCurrentSession": True,
        "LastActiveDate": listed[1]["CreateDate"],
        "LastIPAddress": "127.0.0.1",
        "SessionId": listed[1]["SessionId"],
        "SessionType": "TOKEN",
    }
    assert id_of(public, second) == listed[0]["SessionId"]


def test_a_refresh_keeps_the_session_and_is_its_last_activity(
    cognito: Cognito, public: Any, pools: Pools, tracked: tuple[str, str]
) -> None:
    pool, client = tracked
    user = pools.user(pool)
    tokens = begin(public, client, user)["AuthenticationResult"]
    before = sessions_of(public, tokens["AccessToken"])
    cognito.advance(60)
    body = {
        "ClientId": client,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
    }
    answer = cognito.post("InitiateAuth", body, **{"User-Agent": BROWSER})
    refreshed = answer.json()["AuthenticationResult"]["AccessToken"]
    [after] = sessions_of(public, refreshed)
    assert (after["LastActiveDate"] - after["CreateDate"]).total_seconds() >= 60
    assert after == {
        **before[0],
        "DeviceType": "Chrome, Linux",
        "LastActiveDate": after["LastActiveDate"],
    }


def test_another_session_is_ended_and_the_current_one_is_not(
    public: Any, pools: Pools, tracked: tuple[str, str]
) -> None:
    pool, client = tracked
    user = pools.user(pool)
    current, other = (begin(public, client, user)["AuthenticationResult"] for _ in range(2))
    token = current["AccessToken"]
    wanted = id_of(public, other["AccessToken"])
    assert members(public.revoke_user_session(AccessToken=token, SessionId=wanted)) == {}
    assert refused(public.get_user, AccessToken=other["AccessToken"]) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )
    assert refused(
        public.get_tokens_from_refresh_token, ClientId=client, RefreshToken=other["RefreshToken"]
    ) == ("NotAuthorizedException", "Refresh Token has been revoked")
    assert [item["SessionId"] for item in sessions_of(public, token)] == [id_of(public, token)]
    assert refused(public.revoke_user_session, AccessToken=token, SessionId=wanted) == (
        "ResourceNotFoundException",
        "The session does not exist.",
    )
    assert refused(
        public.revoke_user_session, AccessToken=token, SessionId=id_of(public, token)
    ) == ("InvalidParameterException", "The current session cannot be revoked.")
    public.get_user(AccessToken=token)


def test_nobody_ends_another_users_session(
    public: Any, pools: Pools, tracked: tuple[str, str]
) -> None:
    pool, client = tracked
    one, other = (access_token(public, client, pools.user(pool)) for _ in range(2))
    assert refused(public.revoke_user_session, AccessToken=one, SessionId=id_of(public, other)) == (
        "ResourceNotFoundException",
        "The session does not exist.",
    )
    public.get_user(AccessToken=other)


@pytest.mark.parametrize("session_id", ["tkn", "tkn" + "A" * 25, "abc" + "a" * 25])
def test_what_is_no_session_id_is_refused(
    public: Any, pools: Pools, tracked: tuple[str, str], session_id: str
) -> None:
    pool, client = tracked
    token = access_token(public, client, pools.user(pool))
    name, _ = refused(public.revoke_user_session, AccessToken=token, SessionId=session_id)
    assert name == "InvalidParameterException"


def test_the_session_used_least_recently_makes_room_for_a_new_one(
    cognito: Cognito, admin: Any, public: Any, pools: Pools
) -> None:
    pool, client = make_pool(admin, 2)
    user = pools.user(pool)
    first, second = (begin(public, client, user)["AuthenticationResult"] for _ in range(2))
    cognito.advance(1)
    public.get_tokens_from_refresh_token(ClientId=client, RefreshToken=first["RefreshToken"])
    third = access_token(public, client, user)
    assert len(sessions_of(public, third)) == 2
    public.get_user(AccessToken=first["AccessToken"])
    assert refused(public.get_user, AccessToken=second["AccessToken"]) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )


def test_signed_out_and_expired_sessions_are_not_listed(
    cognito: Cognito, public: Any, pools: Pools, tracked: tuple[str, str]
) -> None:
    pool, _ = tracked
    client = pools.client(pool, "USER_PASSWORD_AUTH", RefreshTokenValidity=1)  # day
    user = pools.user(pool)
    public.global_sign_out(AccessToken=access_token(public, client, user))
    assert len(sessions_of(public, access_token(public, client, user))) == 1
    cognito.advance(86_400)
    assert len(sessions_of(public, access_token(public, client, user))) == 1


def test_a_later_user_of_the_same_name_has_no_sessions_of_the_earlier_one(
    admin: Any, public: Any, pools: Pools, tracked: tuple[str, str]
) -> None:
    pool, client = tracked
    user = pools.user(pool)
    access_token(public, client, user)
    admin.admin_delete_user(UserPoolId=pool, Username=user)
    token = access_token(public, client, pools.user(pool, user))
    assert [item["IsCurrentSession"] for item in sessions_of(public, token)] == [True]


def test_a_pool_that_tracks_no_sessions_has_none(admin: Any, public: Any, pools: Pools) -> None:
    pool = pools.pool()
    client = pools.client(pool, "USER_PASSWORD_AUTH")
    token = access_token(public, client, pools.user(pool))
    not_enabled = (
        "OperationNotEnabledException",
        "Session tracking is not enabled for the user pool.",
    )
    assert refused(public.list_user_sessions, AccessToken=token) == not_enabled
    assert (
        refused(public.revoke_user_session, AccessToken=token, SessionId="tkn" + "a" * 25)
        == not_enabled
    )
    admin.set_user_pool_session_configuration(
        UserPoolId=pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 1}
    )
    assert sessions_of(public, token) == []  # it began before


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (BROWSER, "Chrome, Linux"),
        (f"{BROWSER} Edg/131.0.0.0", "Edge, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/133.0",
            "Firefox, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Safari, iOS",
        ),
        ("x", "unknown"),
    ],
)
def test_a_session_says_what_it_runs_on(
    cognito: Cognito,
    public: Any,
    pools: Pools,
    tracked: tuple[str, str],
    user_agent: str,
    expected: str,
) -> None:
    pool, client = tracked
    user = pools.user(pool)
    body = {
        "ClientId": client,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": user, "PASSWORD": PASSWORD},
    }
    answer = cognito.post("InitiateAuth", body, **{"User-Agent": user_agent})
    token = answer.json()["AuthenticationResult"]["AccessToken"]
    assert [item["DeviceType"] for item in sessions_of(public, token)] == [expected]
