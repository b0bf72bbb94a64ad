"""The user's passkeys."""

from app.swagger.building import (
    Paths,
    done,
    error_response,
    path_parameter,
    response,
    string,
)
from app.swagger.fields import EMAIL_EXAMPLE, MAX_LENGTH, NEXT_TOKEN, limit
from app.swagger.operations import bearer_operation

PATHS: Paths = {
    "/passkeys": {
        "get": bearer_operation(
            "list_passkeys",
            "Passkeys",
            "List the user's passkeys",
            "Lists passkeys (ListWebAuthnCredentials).",
            response(
                "The passkeys.",
                "PasskeysResponse",
                {
                    "credentials": [
                        {
                            "credential_id": "c2VjcmV0",
                            "friendly_credential_name": "Phone",
                            "relying_party_id": "example.com",
                            "authenticator_attachment": "platform",
                            "authenticator_transports": ["internal"],
                            "created_at": "2026-01-31T12:00:00+00:00",
                        }
                    ]
                },
            ),
            parameters=(limit(20), NEXT_TOKEN),
        ),
        "post": bearer_operation(
            "complete_passkey",
            "Passkeys",
            "Register the passkey that the browser made",
            "Stores a passkey (CompleteWebAuthnRegistration).",
            done("Passkey registered."),
            body="PasskeyRequest",
            example={"credential": {"id": "c2VjcmV0", "type": "public-key", "response": {}}},
        ),
    },
    "/passkeys/registration": {
        "post": bearer_operation(
            "start_passkey",
            "Passkeys",
            "Start to register a passkey",
            "Returns what the browser needs to make a passkey (StartWebAuthnRegistration).",
            response(
                "The options.",
                "PasskeyOptionsResponse",
                {
                    "credential_creation_options": {
                        "challenge": "c2VjcmV0",
                        "rp": {"id": "example.com", "name": "example.com"},
                        "user": {
                            "id": "YWRh",
                            "name": EMAIL_EXAMPLE,
                            "displayName": "Ada Lovelace",
                        },
                        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
                    }
                },
            ),
        ),
    },
    "/passkeys/{credential_id}": {
        "delete": bearer_operation(
            "delete_passkey",
            "Passkeys",
            "Delete a passkey",
            "Deletes a passkey (DeleteWebAuthnCredential).",
            done("Passkey deleted."),
            refusals={
                "404": error_response(
                    "No such passkey.", "ResourceNotFoundException", "Credential does not exist."
                )
            },
            parameters=(
                path_parameter(
                    "credential_id",
                    string(
                        "The `credential_id` of the passkey.",
                        "c2VjcmV0",
                        minLength=1,
                        maxLength=MAX_LENGTH,
                        pattern=r"^[A-Za-z0-9_=-]+$",
                        **{"x-problem": "must be a credential id as Cognito issued it"},
                    ),
                ),
            ),
        ),
    },
}
