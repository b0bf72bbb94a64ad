"""The user's devices."""

from app.swagger.building import Paths, done, error_response, path_parameter, response
from app.swagger.fields import DEVICE, DEVICE_KEY, NEXT_TOKEN, limit
from app.swagger.operations import bearer_operation

_DEVICE_PATH = path_parameter("key", DEVICE_KEY)
_NO_DEVICE = error_response(
    "No such device.", "ResourceNotFoundException", "Device does not exist."
)
_DEVICE_EXAMPLE = {
    "device_key": DEVICE,
    "device_attributes": [{"name": "device_status", "value": "valid"}],
    "device_create_date": "2026-01-31T12:00:00+00:00",
}

PATHS: Paths = {
    "/devices": {
        "get": bearer_operation(
            "list_devices",
            "Devices",
            "List the user's devices",
            "Lists the devices that the pool remembers (ListDevices).",
            response("The devices.", "DevicesResponse", {"devices": [_DEVICE_EXAMPLE]}),
            parameters=(limit(60), NEXT_TOKEN),
        ),
    },
    "/devices/{key}": {
        "get": bearer_operation(
            "read_device",
            "Devices",
            "Show a device",
            "Shows one device (GetDevice).",
            response("The device.", "DeviceResponse", {"device": _DEVICE_EXAMPLE}),
            refusals={"404": _NO_DEVICE},
            parameters=(_DEVICE_PATH,),
        ),
        "post": bearer_operation(
            "confirm_device",
            "Devices",
            "Confirm a new device",
            "Begins to track the device of a login's `new_device_metadata` (ConfirmDevice).",
            response(
                "Confirmed.",
                "ConfirmDeviceResponse",
                {"message": "Device confirmed.", "user_confirmation_necessary": False},
            ),
            refusals={
                "404": _NO_DEVICE,
                "409": error_response(
                    "The device is known already.",
                    "DeviceKeyExistsException",
                    "Device already exists.",
                ),
            },
            parameters=(_DEVICE_PATH,),
            body="ConfirmDeviceRequest",
            example={"password_verifier": "c2VjcmV0", "salt": "c2FsdA==", "device_name": "Laptop"},
        ),
        "patch": bearer_operation(
            "update_device",
            "Devices",
            "Remember a device, or no longer",
            "Sets whether the device is remembered (UpdateDeviceStatus).",
            done("Device updated."),
            refusals={"404": _NO_DEVICE},
            parameters=(_DEVICE_PATH,),
            body="DeviceStatusRequest",
            example={"status": "remembered"},
        ),
        "delete": bearer_operation(
            "forget_device",
            "Devices",
            "Forget a device",
            "Removes the device (ForgetDevice).",
            done("Device forgotten."),
            refusals={"404": _NO_DEVICE},
            parameters=(_DEVICE_PATH,),
        ),
    },
}
