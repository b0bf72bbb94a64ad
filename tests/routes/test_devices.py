"""/devices: what the pool remembers, page by page, and what it is told to forget."""

import time

import pytest
from flask.testing import FlaskClient

from tests.support.upstream import Upstream

pytestmark = pytest.mark.usefixtures("well_formed")

KEY = "us-east-1_a1b2c3d4-5678-4abc-8def-0123456789ab"
OF_COGNITO = {
    "DeviceKey": KEY,
    "DeviceAttributes": [{"Name": "device_status", "Value": "valid"}],
    "DeviceCreateDate": 1767225600,
    "DeviceLastModifiedDate": 1767225600.25,
    "DeviceLastAuthenticatedDate": 1782864000,
}
OURS = {
    "device_key": KEY,
    "device_attributes": [{"name": "device_status", "value": "valid"}],
    "device_create_date": "2026-01-01T00:00:00+00:00",
    "device_last_modified_date": "2026-01-01T00:00:00.250000+00:00",
    "device_last_authenticated_date": "2026-07-01T00:00:00+00:00",
}
ONE_DEVICE = pytest.mark.parametrize(
    ("method", "operation", "body"),
    [
        ("GET", "GetDevice", None),
        ("POST", "ConfirmDevice", {"password_verifier": "dg==", "salt": "cw=="}),
        ("PATCH", "UpdateDeviceStatus", {"status": "remembered"}),
        ("DELETE", "ForgetDevice", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)


class TestList:
    def test_of_a_page(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        reply = {"Devices": [OF_COGNITO], "PaginationToken": "page-3"}
        upstream.answers("ListDevices", reply)

        response = user.get("/devices?limit=60&next_token=page-2")

        assert response.status_code == 200
        assert response.json == {"devices": [OURS], "next_token": "page-3"}
        assert upstream.calls("ListDevices")[0].json == {
            "AccessToken": token,
            "Limit": 60,
            "PaginationToken": "page-2",
        }

    @pytest.mark.parametrize("reply", [{}, {"Devices": []}], ids=str)
    def test_of_none(
        self,
        user: FlaskClient,
        upstream: Upstream,
        token: str,
        reply: dict[str, list[object]],
    ) -> None:
        upstream.answers("ListDevices", reply)

        response = user.get("/devices")

        assert (response.status_code, response.json) == (200, {"devices": []})
        assert upstream.calls("ListDevices")[0].json == {"AccessToken": token}

    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            ("limit=61", {"limit": "must be from 1 to 60"}),
            ("limit=some", {"limit": "must be a whole number"}),
            ("limit=1&limit=2", {"limit": "must be given once"}),
            ("next_token=a%20b", {"next_token": "must be the next_token of the page before"}),
            ("next_token=", {"next_token": "is empty"}),
        ],
    )
    def test_of_a_page_that_cannot_be(
        self,
        user: FlaskClient,
        upstream: Upstream,
        query: str,
        fields: dict[str, str],
    ) -> None:
        response = user.get(f"/devices?{query}")

        assert response.status_code == 400
        assert response.json == {
            "error": "InvalidRequest",
            "message": "The query has 1 problem.",
            "fields": fields,
        }
        assert upstream.count("cognito") == 0


class TestRead:
    def test_shows_a_device(self, user: FlaskClient, upstream: Upstream, token: str) -> None:
        upstream.answers("GetDevice", {"Device": OF_COGNITO})

        response = user.get(f"/devices/{KEY}")

        assert (response.status_code, response.json) == (200, {"device": OURS})
        assert upstream.calls("GetDevice")[0].json == {"AccessToken": token, "DeviceKey": KEY}

    def test_in_universal_time_wherever_the_server_is(
        self,
        user: FlaskClient,
        upstream: Upstream,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        upstream.answers("GetDevice", {"Device": OF_COGNITO})
        monkeypatch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        try:
            response = user.get(f"/devices/{KEY}")
        finally:
            monkeypatch.undo()
            time.tzset()

        assert response.json == {"device": OURS}


class TestConfirm:
    BODY = {"password_verifier": "dmVyaWZpZXI=", "salt": "c2FsdA=="}

    @pytest.mark.parametrize(
        ("reply", "necessary"),
        [
            ({"UserConfirmationNecessary": True}, True),
            ({"UserConfirmationNecessary": False}, False),
            ({}, False),
        ],
        ids=str,
    )
    def test_says_whether_the_user_has_to_agree(
        self,
        user: FlaskClient,
        upstream: Upstream,
        token: str,
        reply: dict[str, bool],
        necessary: bool,
    ) -> None:
        upstream.answers("ConfirmDevice", reply)

        body = {**self.BODY, "device_name": "Laptop"}
        response = user.post(f"/devices/{KEY}", json=body)

        assert response.status_code == 200
        assert response.json == {
            "message": "Device confirmed.",
            "user_confirmation_necessary": necessary,
        }
        assert upstream.calls("ConfirmDevice")[0].json == {
            "AccessToken": token,
            "DeviceKey": KEY,
            "DeviceSecretVerifierConfig": {"PasswordVerifier": "dmVyaWZpZXI=", "Salt": "c2FsdA=="},
            "DeviceName": "Laptop",
        }

    def test_of_a_device_that_is_known(self, user: FlaskClient, upstream: Upstream) -> None:
        upstream.refuses("ConfirmDevice", "DeviceKeyExistsException", "Device already exists.")

        response = user.post(f"/devices/{KEY}", json=self.BODY)

        assert response.status_code == 409
        assert response.json == {
            "error": "DeviceKeyExistsException",
            "message": "Device already exists.",
        }
        assert "DeviceName" not in upstream.calls("ConfirmDevice")[0].json


@pytest.mark.parametrize("status", ["remembered", "not_remembered"])
def test_remembering_or_not(user: FlaskClient, upstream: Upstream, token: str, status: str) -> None:
    response = user.patch(f"/devices/{KEY}", json={"status": status})

    assert (response.status_code, response.json) == (200, {"message": "Device updated."})
    assert upstream.calls("UpdateDeviceStatus")[0].json == {
        "AccessToken": token,
        "DeviceKey": KEY,
        "DeviceRememberedStatus": status,
    }


def test_forgetting(user: FlaskClient, upstream: Upstream, token: str) -> None:
    response = user.delete(f"/devices/{KEY}")

    assert (response.status_code, response.json) == (200, {"message": "Device forgotten."})
    assert upstream.calls("ForgetDevice")[0].json == {"AccessToken": token, "DeviceKey": KEY}


@ONE_DEVICE
class TestOneDevice:
    def test_that_is_not_there(
        self,
        user: FlaskClient,
        upstream: Upstream,
        method: str,
        operation: str,
        body: dict[str, str] | None,
    ) -> None:
        upstream.refuses(operation, "ResourceNotFoundException", "Device does not exist.")

        response = user.open(f"/devices/{KEY}", method=method, json=body)

        assert response.status_code == 404
        assert response.json == {
            "error": "ResourceNotFoundException",
            "message": "Device does not exist.",
        }

    @pytest.mark.parametrize("key", ["x", "us-east-1_XYZ", "ключ_0a1b", f"{KEY}0a1b0a1b0a1b"])
    def test_whose_key_is_none(
        self,
        user: FlaskClient,
        upstream: Upstream,
        method: str,
        operation: str,
        body: dict[str, str] | None,
        key: str,
    ) -> None:
        response = user.open(f"/devices/{key}", method=method, json=body)

        assert response.status_code == 400
        assert response.json is not None
        assert response.json["fields"].keys() == {"key"}
        assert upstream.count("cognito") == 0
