"""The user's sessions."""

from app.swagger.building import (
    Paths,
    done,
    error_response,
    path_parameter,
    response,
    string,
)
from app.swagger.fields import NEXT_TOKEN
from app.swagger.operations import bearer_operation

PATHS: Paths = {
    "/sessions": {
        "get": bearer_operation(
            "list_sessions",
            "Sessions",
            "List the user's sessions",
            "Lists sessions, where the pool keeps them (ListUserSessions).",
            response(
                "The sessions.",
                "SessionsResponse",
                {
                    "sessions": [
                        {
                            "session_id": "tkn0123456789abcdefghijklmno",
                            "session_type": "TOKEN",
                            "create_date": "2026-01-31T12:00:00+00:00",
                            "last_ip_address": "192.0.2.1",
                            "is_current_session": True,
                        }
                    ]
                },
            ),
            parameters=(NEXT_TOKEN,),
        ),
    },
    "/sessions/{id}": {
        "delete": bearer_operation(
            "revoke_session",
            "Sessions",
            "End one session",
            "Ends a session (RevokeUserSession).",
            done("Session ended."),
            refusals={
                "404": error_response(
                    "No such session.", "ResourceNotFoundException", "Session does not exist."
                )
            },
            parameters=(
                path_parameter(
                    "id",
                    string(
                        "The `session_id` of the session.",
                        "tkn0123456789abcdefghijklmno",
                        minLength=28,
                        maxLength=28,
                        pattern=r"^(tkn|sso)[a-z0-9]{25}$",
                        **{"x-problem": "must be a session id as Cognito issued it"},
                    ),
                ),
            ),
        ),
    },
}
