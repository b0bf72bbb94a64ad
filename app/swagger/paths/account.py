"""The user as a whole: end all sessions, change the password, delete."""

from app.swagger.building import Paths, done
from app.swagger.operations import bearer_operation

PATHS: Paths = {
    "/auth/logout-everywhere": {
        "post": bearer_operation(
            "logout_everywhere",
            "Session",
            "End all of the user's sessions",
            "Revokes all of the user's tokens (GlobalSignOut).",
            done("Logged out everywhere."),
        ),
    },
    "/auth/change-password": {
        "post": bearer_operation(
            "change_password",
            "Account",
            "Change the password",
            "Changes the password of the user who knows it (ChangePassword). A wrong previous "
            "password is 400; only users who have none yet may leave it out. The user's other "
            "sessions go on: POST /auth/logout-everywhere ends them.",
            done("Password changed."),
            body="ChangePasswordRequest",
            example={"previous_password": "Str0ngP@ssw0rd!", "new_password": "An0therP@ssw0rd"},
        ),
    },
    "/me": {
        "delete": bearer_operation(
            "delete_me",
            "Account",
            "Delete the user",
            "Deletes the user for good (DeleteUser).",
            done("User deleted."),
        ),
    },
}
