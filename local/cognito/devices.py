"""Devices: their keys, the operations on them, and what a refresh asks of them.

A sign-in without a device brings the key of a new one (NewDeviceMetadata). ConfirmDevice gives it
a password of its own, of which Cognito keeps SRP's verifier. From then on it can be remembered,
and prove itself at sign-in (device_challenges). Unconfirmed devices are not there for any other
operation.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-device-tracking.html
"""

import base64
import binascii
import secrets
import uuid

from local.cognito import paging, srp, tokens
from local.cognito.errors import Refused, invalid_parameter, not_authorized, not_there
from local.cognito.records import Device, Pool, TokenSession, User
from local.cognito.server import Call, Json

MOST_LISTED = 60


def are_tracked(pool: Pool) -> bool:
    """Tell whether the pool remembers devices: any member of DeviceConfiguration turns it on."""
    return bool(pool.settings.get("DeviceConfiguration"))


def confirmed(call: Call, user: User, device_key: str) -> Device:
    """Return the user's confirmed device, or refuse."""
    device = call.store.get(Device, device_key)
    if device is None or device.user_key != user.key or not device.confirmed:
        # Amplify and amazon-cognito-identity-js look for this name and the word "device", drop
        # the key and sign in without.
        raise not_there("Device does not exist.")
    return device


def of_sign_in(call: Call, pool: Pool, user: User, device_key: str | None) -> Device | None:
    """Return the device that a completed sign-in is bound to: the one it named, or a new one."""
    if not are_tracked(pool):
        return None
    if device_key is None:
        return _new(call, user)
    device = confirmed(call, user, device_key)
    device.last_authenticated, device.last_ip = call.now(), call.ip
    call.store.save(device)
    return device


def check_refresh(call: Call, pool: Pool, session: TokenSession, given: str | None) -> None:
    """Refuse to refresh a session that began on a device unless it is confirmed and named."""
    if not are_tracked(pool) or session.device_key is None:
        return
    device = call.store.get(Device, session.device_key)
    if device is None or not device.confirmed or given != session.device_key:
        raise not_authorized("Invalid Refresh Token.")


def confirm_device(call: Call) -> Json:
    """Keep the device's verifier; it is remembered at once unless the pool lets the user decide."""
    bearer = tokens.authorized(call)
    _check_tracked(bearer.pool)
    device = call.store.get(Device, call.input["DeviceKey"])
    if device is None or device.user_key != bearer.user.key:
        raise invalid_parameter("Invalid device key given.")
    if device.confirmed:
        raise Refused("DeviceKeyExistsException", "The device is confirmed already.")
    config = call.input.get("DeviceSecretVerifierConfig", {})
    salt = _number(config, "Salt")
    verifier = _number(config, "PasswordVerifier") % srp.N
    if verifier == 0:  # every password would be right
        raise invalid_parameter("PasswordVerifier is not a number of the group.")
    by_user = bool(bearer.pool.settings["DeviceConfiguration"].get(_ASK_FIRST))
    device.salt, device.verifier = f"{salt:x}", f"{verifier:x}"
    device.name = call.input.get("DeviceName")
    device.confirmed, device.remembered = True, not by_user
    device.modified = call.now()
    call.store.save(device)
    return {"UserConfirmationNecessary": by_user}


def get_device(call: Call) -> Json:
    """Return one of the user's devices."""
    return {"Device": _shown(_device_of_bearer(call))}


def list_devices(call: Call) -> Json:
    """Return the user's remembered devices; those that are only confirmed are not listed."""
    bearer = tokens.authorized(call)
    _check_tracked(bearer.pool)
    devices = [item for item in call.store.all(Device, bearer.user.key) if item.remembered]
    limit = call.input.get("Limit") or MOST_LISTED
    page, more = paging.page(devices, limit, call.input.get("PaginationToken"))
    return {"Devices": [_shown(device) for device in page], "PaginationToken": more}


def update_device_status(call: Call) -> Json:
    """Remember the device, or stop doing so."""
    device = _device_of_bearer(call)
    status = call.input.get("DeviceRememberedStatus")
    if status is not None:
        device.remembered = status == "remembered"
        device.modified = call.now()
        call.store.save(device)
    return {}


def forget_device(call: Call) -> None:
    """Delete the device; what was signed in with it can no longer be refreshed."""
    call.store.delete(_device_of_bearer(call))


_ASK_FIRST = "DeviceOnlyRememberedOnUserPrompt"


def _new(call: Call, user: User) -> Device:
    """Make a device for a sign-in that named none."""
    now = call.now()
    device = Device(
        device_key=f"{call.server.region}_{uuid.uuid4()}",
        # Whether a user's or a pool's devices share their group is not known; clients treat it
        # as part of the device.
        group_key=f"-{secrets.token_urlsafe(6)}",
        user_key=user.key,
        created=now,
        modified=now,
        last_authenticated=now,
        last_ip=call.ip,
    )
    call.store.save(device)
    return device


def _check_tracked(pool: Pool) -> None:
    if not are_tracked(pool):
        # The name is in each operation's list; the message is not known.
        raise Refused(
            "InvalidUserPoolConfigurationException",
            "Device tracking is not configured for the user pool.",
        )


def _device_of_bearer(call: Call) -> Device:
    bearer = tokens.authorized(call)
    _check_tracked(bearer.pool)
    return confirmed(call, bearer.user, call.input["DeviceKey"])


def _number(config: Json, member: str) -> int:
    """Return a member's big-endian bytes as a number; AWS's example leaves out the padding."""
    text = config.get(member)
    if not text:
        raise invalid_parameter(f"Missing required parameter {member}")
    try:
        value = base64.b64decode(
            text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True
        )
    except (ValueError, binascii.Error):
        raise invalid_parameter(f"{member} is not Base64.") from None
    return int.from_bytes(value, "big")


def _shown(device: Device) -> Json:
    attributes = {
        "device_status": "valid",
        "device_name": device.name,
        "last_ip_used": device.last_ip,
    }
    return {
        "DeviceAttributes": [
            {"Name": name, "Value": value} for name, value in attributes.items() if value
        ],
        "DeviceCreateDate": device.created,
        "DeviceKey": device.device_key,
        "DeviceLastAuthenticatedDate": float(int(device.last_authenticated)),
        "DeviceLastModifiedDate": device.modified,
    }


OPERATIONS = {
    "ConfirmDevice": confirm_device,
    "ForgetDevice": forget_device,
    "GetDevice": get_device,
    "ListDevices": list_devices,
    "UpdateDeviceStatus": update_device_status,
}
