"""The user's sessions."""

from app.swagger.building import (
    Paths,
    done,
    error_response,
    paging,
    path_parameter,
    response,
    string,
)
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
                {"sessions": [{"session_id": "tkn0123456789abcdefghijklmno"}]},
            ),
            parameters=paging(None),
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
                        "Its id.",
                        "tkn0123456789abcdefghijklmno",
                        pattern=r"^(tkn|sso)[a-z0-9]{25}$",
                    )
                    | {"x-problem": "must be a session id as Cognito issued it"},
                ),
            ),
        ),
    },
}
