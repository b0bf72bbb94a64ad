"""Operations without an access token: sign-up, login, logout and recovery."""

from app.swagger.building import Paths, done, error_response, header, response
from app.swagger.fields import (
    CHALLENGE_EXAMPLE,
    CODE_DELIVERY_EXAMPLE,
    EMAIL_EXAMPLE,
    SUB,
    TOKENS_EXAMPLE,
)
from app.swagger.operations import operation
from app.swagger.responses import CODE_REFUSED, FROM_COGNITO, INVALID_INPUT

_NOT_CONFIRMED = error_response(
    "The user is not confirmed, or has to reset the password; or AWS WAF refused.",
    "UserNotConfirmedException",
    "User is not confirmed.",
)
_EMAIL_TAKEN = error_response(
    "Another user has confirmed this email.",
    "AliasExistsException",
    "An account with the email already exists.",
)
_NO_USER = error_response(
    "There is no such user, and the app client says so (PreventUserExistenceErrors is LEGACY).",
    "UserNotFoundException",
    "Username/client id combination not found.",
)
_DEAD_SESSION = {
    **error_response(
        "The session is over, or the password wrong: start again.",
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    ),
    **header("WWW-Authenticate", "RFC 9110, section 11.6.1."),
}
_LOGGED_IN = {
    "200": response("Logged in.", "TokenResponse", TOKENS_EXAMPLE),
    "202": response(
        "Cognito asks for more.", "ChallengeResponse", {**CHALLENGE_EXAMPLE, "parameters": {}}
    ),
    "400": INVALID_INPUT,
    "401": _DEAD_SESSION,
    **FROM_COGNITO,
    "403": _NOT_CONFIRMED,
}

PATHS: Paths = {
    "/auth/signup": {
        "post": operation(
            "signup",
            "Registration",
            "Create a user",
            "Creates a new Cognito user, to whom Cognito mails a confirmation code (SignUp).",
            {
                "200": response(
                    "The user exists now, unconfirmed.",
                    "SignupResponse",
                    {
                        "message": "Signed up. Confirm with the code that was sent.",
                        "user_sub": SUB,
                        "user_confirmed": False,
                        "code_delivery": CODE_DELIVERY_EXAMPLE,
                    },
                ),
                "400": INVALID_INPUT,
                "409": error_response(
                    "The user exists already.",
                    "UsernameExistsException",
                    "An account with the given email already exists.",
                ),
                **FROM_COGNITO,
            },
            body="SignupRequest",
            example={"email": EMAIL_EXAMPLE, "password": "Str0ngP@ssw0rd!"},
        ),
    },
    "/auth/confirm": {
        "post": operation(
            "confirm",
            "Registration",
            "Confirm a user by code",
            "Confirms the signup using the mailed code (ConfirmSignUp). "
            "A wrong code, an expired code, and a user who is unknown or cannot do this get the "
            "same answer.",
            {
                "200": response(
                    "Confirmed.", "ConfirmResponse", {"message": "Confirmed. You can log in now."}
                ),
                "400": CODE_REFUSED,
                "409": _EMAIL_TAKEN,
                **FROM_COGNITO,
            },
            body="ConfirmRequest",
            example={"email": EMAIL_EXAMPLE, "code": "123456"},
        ),
    },
    "/auth/resend-code": {
        "post": operation(
            "resend_code",
            "Registration",
            "Send the confirmation code again",
            "Sends another code to a user who is not confirmed yet (ResendConfirmationCode).",
            {
                "200": response(
                    "A code is on its way.",
                    "CodeDeliveryResponse",
                    {"message": "A new code was sent.", "code_delivery": CODE_DELIVERY_EXAMPLE},
                ),
                "400": INVALID_INPUT,
                "404": _NO_USER,
                **FROM_COGNITO,
            },
            body="ResendCodeRequest",
            example={"email": EMAIL_EXAMPLE},
        ),
    },
    "/auth/login": {
        "post": operation(
            "login",
            "Session",
            "Log in with email and password",
            "USER_PASSWORD_AUTH login (InitiateAuth). 200 always means tokens; when Cognito asks "
            "for more (a second factor, a new password) the answer is 202. "
            "A wrong password and an unknown user get the same answer.",
            {
                "200": response("Logged in.", "TokenResponse", TOKENS_EXAMPLE),
                "202": response(
                    "Cognito asks for more.",
                    "ChallengeResponse",
                    {
                        "challenge": "SOFTWARE_TOKEN_MFA",
                        "session": "AYABeC1-y8qooiuysEv0uM4w",
                        "username": SUB,
                        "parameters": {"FRIENDLY_DEVICE_NAME": "Phone"},
                    },
                ),
                "400": INVALID_INPUT,
                "401": {
                    **error_response(
                        "Wrong password or unknown user.",
                        "NotAuthorizedException",
                        "Incorrect username or password.",
                    ),
                    **header("WWW-Authenticate", "RFC 9110, section 11.6.1."),
                },
                **FROM_COGNITO,
                "403": _NOT_CONFIRMED,
            },
            body="LoginRequest",
            example={"email": EMAIL_EXAMPLE, "password": "Str0ngP@ssw0rd!"},
        ),
    },
    "/auth/start": {
        "post": operation(
            "start",
            "Session",
            "Start a login without sending the password",
            "Starts USER_AUTH (a code by mail or SMS, a passkey), USER_SRP_AUTH (the password "
            "never reaches the server) or CUSTOM_AUTH (InitiateAuth). Answer what comes back at "
            "POST /auth/challenge. SRP needs `srp_a`.",
            _LOGGED_IN,
            body="StartRequest",
            example={
                "email": EMAIL_EXAMPLE,
                "flow": "USER_AUTH",
                "preferred_challenge": "EMAIL_OTP",
            },
        ),
    },
    "/auth/challenge": {
        "post": operation(
            "challenge",
            "Session",
            "Answer a challenge",
            "Answers any challenge of a login (RespondToAuthChallenge): a plain `answer` where one "
            "value is asked for, `responses` by Cognito's own names where there are several (SRP). "
            "Send back the challenge's `session` and `username`. 400 means try again, 401 start "
            "again.",
            {**_LOGGED_IN, "409": _EMAIL_TAKEN},
            body="ChallengeRequest",
            example={**CHALLENGE_EXAMPLE, "answer": "123456"},
        ),
    },
    "/auth/refresh": {
        "post": operation(
            "refresh",
            "Session",
            "Exchange a refresh token for new tokens",
            "Returns a new access and ID token (GetTokensFromRefreshToken). Store the "
            "`refresh_token` of the answer: it is a new one where the pool rotates them. "
            "An `email` may be sent along: if the user's current one is another, the answer is "
            "401, and the session has been revoked.",
            {
                "200": response("New tokens.", "TokenResponse", TOKENS_EXAMPLE),
                "400": INVALID_INPUT,
                "401": {
                    **error_response(
                        "The refresh token is revoked, expired or another user's.",
                        "NotAuthorizedException",
                        "The refresh token is invalid, expired or revoked.",
                    ),
                    **header("WWW-Authenticate", "RFC 9110, section 11.6.1."),
                },
                **FROM_COGNITO,
            },
            body="RefreshRequest",
            example={"email": EMAIL_EXAMPLE, "refresh_token": "eyJjdHkiOiJKV1QifQ.e30"},
        ),
    },
    "/auth/logout": {
        "post": operation(
            "logout",
            "Session",
            "Revoke a refresh token",
            "Ends the session that the refresh token belongs to (RevokeToken). Access tokens made "
            "with it are refused by Cognito at once, and by GET /me when they expire.",
            {"200": done("Logged out."), "400": INVALID_INPUT, **FROM_COGNITO},
            body="LogoutRequest",
            example={"refresh_token": "eyJjdHkiOiJKV1QifQ.e30"},
        ),
    },
    "/auth/event-feedback": {
        "post": operation(
            "event_feedback",
            "Session",
            "Say whether a reported login was the user's",
            "Gives threat protection the user's verdict, with the token from its mail "
            "(UpdateAuthEventFeedback).",
            {"200": done("Thank you."), "400": INVALID_INPUT, **FROM_COGNITO},
            body="EventFeedbackRequest",
            example={
                "username": SUB,
                "event_id": "0d6a5d6e-1b5c-4f0e-9d53-5f0d7b8c9e10",
                "feedback_token": "eyJjdHkiOiJKV1QifQ.e30",
                "feedback": "Invalid",
            },
        ),
    },
    "/auth/forgot-password": {
        "post": operation(
            "forgot_password",
            "Password recovery",
            "Send a reset code",
            "Makes Cognito mail or text a reset code (ForgotPassword).",
            {
                "200": response(
                    "A code is on its way.",
                    "CodeDeliveryResponse",
                    {"message": "A reset code was sent.", "code_delivery": CODE_DELIVERY_EXAMPLE},
                ),
                "400": INVALID_INPUT,
                "404": _NO_USER,
                **FROM_COGNITO,
            },
            body="ForgotPasswordRequest",
            example={"email": EMAIL_EXAMPLE},
        ),
    },
    "/auth/reset-password": {
        "post": operation(
            "reset_password",
            "Password recovery",
            "Set a new password by code",
            "Completes the reset with the code and a new password (ConfirmForgotPassword). "
            "A wrong code, an expired code, and a user who is unknown or cannot do this get the "
            "same answer. The user's sessions go on: POST /auth/logout-everywhere ends them.",
            {
                "200": response(
                    "The password is changed.",
                    "MessageResponse",
                    {"message": "Password changed. You can log in with it now."},
                ),
                "400": CODE_REFUSED,
                **FROM_COGNITO,
            },
            body="ResetPasswordRequest",
            example={"email": EMAIL_EXAMPLE, "code": "123456", "new_password": "EvenStrongerP@ss1"},
        ),
    },
}
