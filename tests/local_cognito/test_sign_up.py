"""Signing up, confirming, and getting a forgotten password back."""

import base64
import hmac
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_cognito import PASSWORD, Cognito, Pools, new_email, new_name, refusal

EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
MISMATCH = (
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
)
NOT_FOUND = ("UserNotFoundException", "Username/client id combination not found.")
LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
BY_EMAIL = {"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}


def status(admin: Any, pool: str, name: str) -> str:
    """Return the UserStatus of a user."""
    text: str = admin.admin_get_user(UserPoolId=pool, Username=name)["UserStatus"]
    return text


def attributes(admin: Any, pool: str, name: str) -> dict[str, str]:
    """Return all attributes of a user but sub."""
    items = admin.admin_get_user(UserPoolId=pool, Username=name)["UserAttributes"]
    return {item["Name"]: item["Value"] for item in items if item["Name"] != "sub"}


def wrong(code: str) -> str:
    """Return another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"


def test_a_user_signs_up_and_confirms_by_the_code(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    answer = public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    del answer["ResponseMetadata"]
    assert answer == {
        "CodeDeliveryDetails": {
            "AttributeName": "email",
            "DeliveryMedium": "EMAIL",
            "Destination": "u***@e***",
        },
        "UserConfirmed": False,
        "UserSub": admin.admin_get_user(UserPoolId=pool, Username=email)["Username"],
    }
    assert attributes(admin, pool, email) == {"email": email, "email_verified": "false"}
    code = cognito.code(email)
    confirmation = {"ClientId": client, "Username": email}
    with pytest.raises(ClientError) as error:
        public.confirm_sign_up(**confirmation, ConfirmationCode=wrong(code))
    assert refusal(error.value) == MISMATCH
    assert status(admin, pool, email) == "UNCONFIRMED"
    public.confirm_sign_up(**confirmation, ConfirmationCode=code)
    assert status(admin, pool, email) == "CONFIRMED"
    assert attributes(admin, pool, email) == {"email": email, "email_verified": "true"}
    with pytest.raises(ClientError) as error:
        public.confirm_sign_up(**confirmation, ConfirmationCode=code)
    assert refusal(error.value) == (
        "NotAuthorizedException",
        "User cannot be confirmed. Current status is CONFIRMED",
    )
    with pytest.raises(ClientError) as error:
        public.resend_confirmation_code(**confirmation)
    assert refusal(error.value) == ("InvalidParameterException", "User is already confirmed.")


def test_a_new_code_replaces_the_old_one_and_both_expire_after_a_day(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    client = pools.client(pools.pool(**BY_EMAIL))
    public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    first = cognito.code(email)
    answer = public.resend_confirmation_code(ClientId=client, Username=email)
    assert answer["CodeDeliveryDetails"]["Destination"] == "u***@e***"
    second = cognito.code(email)
    assert len(cognito.messages(email)) == 2
    if first != second:
        with pytest.raises(ClientError) as error:
            public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=first)
        assert refusal(error.value) == MISMATCH
    cognito.advance(24 * 3600)
    with pytest.raises(ClientError) as error:
        public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=second)
    assert refusal(error.value) == EXPIRED


def test_a_phone_number_gets_the_code_before_an_email(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str, phone: str
) -> None:
    pool = pools.pool(AutoVerifiedAttributes=["email", "phone_number"])
    client = pools.client(pool)
    name = new_name()
    answer = public.sign_up(
        ClientId=client,
        Username=name,
        Password=PASSWORD,
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "phone_number", "Value": phone},
        ],
    )
    assert answer["CodeDeliveryDetails"] == {
        "AttributeName": "phone_number",
        "DeliveryMedium": "SMS",
        "Destination": f"+*******{phone[-4:]}",
    }
    assert cognito.messages(email) == []
    public.confirm_sign_up(ClientId=client, Username=name, ConfirmationCode=cognito.code(phone))
    assert attributes(admin, pool, name) == {
        "email": email,
        "email_verified": "false",
        "phone_number": phone,
        "phone_number_verified": "true",
    }


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        (
            {"Password": "short"},
            "InvalidPasswordException",
            "Password did not conform with policy: Password not long enough",
        ),
        (
            {"Password": "lower-case-1"},
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have uppercase characters",
        ),
        (
            {"Password": "UPPER-CASE-1"},
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have lowercase characters",
        ),
        (
            {"Password": "No-Digits"},
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have numeric characters",
        ),
        (
            {"Password": "NoSymbols1"},
            "InvalidPasswordException",
            "Password did not conform with policy: Password must have symbol characters",
        ),
        (
            {"Username": "no-address"},
            "InvalidParameterException",
            "Username should be an email.",
        ),
        (
            {"UserAttributes": [{"Name": "email_verified", "Value": "true"}]},
            "InvalidParameterException",
            "Cannot modify the non-mutable attribute email_verified",
        ),
        (
            {"UserAttributes": [{"Name": "phone_number", "Value": "555"}]},
            "InvalidParameterException",
            "Invalid phone number format.",
        ),
        (
            {"UserAttributes": [{"Name": "custom:unknown", "Value": "x"}]},
            "InvalidParameterException",
            "Attributes did not conform to the schema: Type for attribute {custom:unknown}"
            " could not be determined",
        ),
    ],
)
def test_a_sign_up_that_does_not_fit_the_pool_is_refused(
    admin: Any,
    public: Any,
    pools: Pools,
    email: str,
    change: dict[str, Any],
    name: str,
    message: str,
) -> None:
    pool = pools.pool(**BY_EMAIL)
    with pytest.raises(ClientError) as error:
        public.sign_up(
            **{"ClientId": pools.client(pool), "Username": email, "Password": PASSWORD, **change}
        )
    assert refusal(error.value) == (name, message)
    assert admin.list_users(UserPoolId=pool)["Users"] == []


def test_an_email_has_one_user_whatever_its_case(public: Any, pools: Pools, email: str) -> None:
    pool = pools.pool(**BY_EMAIL, UsernameConfiguration={"CaseSensitive": False})
    client = pools.client(pool)
    public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    for name in (email, email.upper()):
        with pytest.raises(ClientError) as error:
            public.sign_up(ClientId=client, Username=name, Password=PASSWORD)
        assert refusal(error.value) == ("UsernameExistsException", "User already exists")


def test_an_alias_has_one_user_who_verified_it(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    client = pools.client(pool)
    names = [new_name(), new_name()]
    codes = []
    for name in names:
        public.sign_up(
            ClientId=client,
            Username=name,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        codes.append(cognito.code(email))
    public.confirm_sign_up(ClientId=client, Username=names[0], ConfirmationCode=codes[0])
    second = {"ClientId": client, "Username": names[1], "ConfirmationCode": codes[1]}
    with pytest.raises(ClientError) as error:
        public.confirm_sign_up(**second)
    assert refusal(error.value) == (
        "AliasExistsException",
        "An account with the email already exists.",
    )
    assert status(admin, pool, names[1]) == "UNCONFIRMED"
    public.confirm_sign_up(**second, ForceAliasCreation=True)
    assert admin.admin_get_user(UserPoolId=pool, Username=email)["Username"] == names[1]
    assert attributes(admin, pool, names[0])["email_verified"] == "false"


def test_nobody_signs_up_where_only_administrators_create_users(
    public: Any, pools: Pools, email: str
) -> None:
    pool = pools.pool(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with pytest.raises(ClientError) as error:
        public.sign_up(ClientId=pools.client(pool), Username=email, Password=PASSWORD)
    assert refusal(error.value) == (
        "NotAuthorizedException",
        "SignUp is not permitted for this user pool",
    )


def test_a_client_with_a_secret_has_to_send_its_hash(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool, GenerateSecret=True)
    described = admin.describe_user_pool_client(UserPoolId=pool, ClientId=client)
    secret = described["UserPoolClient"]["ClientSecret"]
    assert len(secret) == 52
    digest = hmac.digest(secret.encode(), (email + client).encode(), "sha256")
    sign_up = {"ClientId": client, "Username": email, "Password": PASSWORD}
    for given, message in (
        ({}, f"Client {client} is configured for secret but secret was not received"),
        ({"SecretHash": "d3Jvbmc="}, f"Unable to verify secret hash for client {client}"),
    ):
        with pytest.raises(ClientError) as error:
            public.sign_up(**sign_up, **given)
        assert refusal(error.value) == ("NotAuthorizedException", message)
    public.sign_up(**sign_up, SecretHash=base64.b64encode(digest).decode())


def test_a_user_may_have_no_password_where_codes_are_a_first_factor(
    public: Any, pools: Pools, email: str
) -> None:
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    client = pools.client(pools.pool(**BY_EMAIL, Policies=factors), "USER_AUTH")
    assert "Session" in public.sign_up(ClientId=client, Username=email)
    client = pools.client(pools.pool(**BY_EMAIL), "USER_AUTH")
    with pytest.raises(ClientError) as error:
        public.sign_up(ClientId=client, Username=email)
    assert refusal(error.value)[0] == "InvalidParameterException"


def test_only_the_session_of_this_sign_up_leads_to_another(
    public: Any, cognito: Cognito, pools: Pools
) -> None:
    client = pools.client(pools.pool(**BY_EMAIL), "USER_AUTH")
    sessions, emails = [], [new_email(), new_email()]
    for email in emails:
        answer = public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
        sessions.append(answer["Session"])

    def confirm(email: str) -> dict[str, Any]:
        answer: dict[str, Any] = public.confirm_sign_up(
            ClientId=client,
            Username=email,
            ConfirmationCode=cognito.code(email),
            Session=sessions[0],
        )
        return answer

    assert "Session" not in confirm(emails[1])
    assert "Session" in confirm(emails[0])


def test_a_forgotten_password_is_replaced_by_the_code(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    pools.user(pool, email, email_verified="true")
    delivery = public.forgot_password(ClientId=client, Username=email)["CodeDeliveryDetails"]
    assert delivery == {
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": "u***@e***",
    }
    code = cognito.code(email)
    confirmation = {"ClientId": client, "Username": email, "Password": "N3w-Passw0rd"}
    for given, password, expected in (
        (wrong(code), "N3w-Passw0rd", MISMATCH),
        (
            code,
            "short",
            (
                "InvalidPasswordException",
                "Password did not conform with policy: Password not long enough",
            ),
        ),
    ):
        with pytest.raises(ClientError) as error:
            public.confirm_forgot_password(
                **{**confirmation, "Password": password}, ConfirmationCode=given
            )
        assert refusal(error.value) == expected
    public.confirm_forgot_password(**confirmation, ConfirmationCode=code)
    with pytest.raises(ClientError) as error:
        public.confirm_forgot_password(**confirmation, ConfirmationCode=code)
    assert refusal(error.value) == EXPIRED


def test_a_reset_code_expires_after_an_hour(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    pools.user(pool, email, email_verified="true")
    public.forgot_password(ClientId=client, Username=email)
    cognito.advance(3600)
    with pytest.raises(ClientError) as error:
        public.confirm_forgot_password(
            ClientId=client,
            Username=email,
            Password=PASSWORD,
            ConfirmationCode=cognito.code(email),
        )
    assert refusal(error.value) == EXPIRED


def test_who_has_no_verified_address_or_another_state_gets_no_reset_code(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    unverified = pools.user(pool, email)
    disabled = pools.user(pool, new_email(), email_verified="true")
    admin.admin_disable_user(UserPoolId=pool, Username=disabled)
    invited = admin.admin_create_user(UserPoolId=pool, Username=new_email())["User"]["Username"]
    for name, expected in (
        (
            unverified,
            (
                "InvalidParameterException",
                "Cannot reset password for the user as there is no registered/verified email or"
                " phone_number",
            ),
        ),
        (disabled, ("NotAuthorizedException", "User is disabled.")),
        (
            invited,
            ("NotAuthorizedException", "User password cannot be reset in the current state."),
        ),
        (new_email(), NOT_FOUND),
    ):
        with pytest.raises(ClientError) as error:
            public.forgot_password(ClientId=client, Username=name)
        assert refusal(error.value) == expected


def test_a_client_that_hides_users_answers_alike_for_everybody(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool, PreventUserExistenceErrors="ENABLED")
    pools.user(pool, email, email_verified="true")
    disabled = new_email()
    pools.user(pool, disabled, email_verified="true")
    admin.admin_disable_user(UserPoolId=pool, Username=disabled)
    nobody = new_email()
    confirmation = {"ClientId": client, "Password": PASSWORD, "ConfirmationCode": "0"}
    for name in (email, disabled, nobody):
        with pytest.raises(ClientError) as error:
            public.confirm_forgot_password(**confirmation, Username=name)
        assert refusal(error.value) == EXPIRED
        delivery = public.forgot_password(ClientId=client, Username=name)["CodeDeliveryDetails"]
        assert delivery["Destination"] == "u***@e***"
        with pytest.raises(ClientError) as error:
            public.confirm_forgot_password(**confirmation, Username=name)
        assert refusal(error.value) == MISMATCH
    assert cognito.messages(nobody) == cognito.messages(disabled) == []
    answer = public.resend_confirmation_code(ClientId=client, Username=nobody)
    assert answer["CodeDeliveryDetails"]["Destination"] == "u***@e***"
    with pytest.raises(ClientError) as error:
        public.confirm_sign_up(ClientId=client, Username=nobody, ConfirmationCode="0")
    assert refusal(error.value) == MISMATCH


def test_a_client_that_does_not_hide_users_says_that_nobody_has_the_name(
    public: Any, pools: Pools, email: str
) -> None:
    client = pools.client(pools.pool(**BY_EMAIL))
    calls = (
        (public.confirm_sign_up, {"ConfirmationCode": "0"}),
        (public.resend_confirmation_code, {}),
        (public.confirm_forgot_password, {"ConfirmationCode": "0", "Password": PASSWORD}),
    )
    for call, members in calls:
        with pytest.raises(ClientError) as error:
            call(ClientId=client, Username=email, **members)
        assert refusal(error.value) == NOT_FOUND


def test_codes_cannot_be_guessed_by_trying(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    code = cognito.code(email)
    for _ in range(5):
        with pytest.raises(ClientError) as error:
            public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=wrong(code))
        assert refusal(error.value) == MISMATCH
    with pytest.raises(ClientError) as error:
        public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code)
    assert refusal(error.value) == LIMIT
    cognito.advance(1.5)
    public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code)


def test_each_wrong_code_after_the_fifth_locks_for_longer(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    client = pools.client(pools.pool(**BY_EMAIL))
    public.sign_up(ClientId=client, Username=email, Password=PASSWORD)
    code = cognito.code(email)

    def confirm(code: str) -> tuple[str, str | None]:
        with pytest.raises(ClientError) as error:
            public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code)
        return refusal(error.value)

    for _ in range(4):
        assert confirm(wrong(code)) == MISMATCH
    cognito.advance(901)  # the row of failures ends here
    for _ in range(5):
        assert confirm(wrong(code)) == MISMATCH
    for seconds in (1, 2, 4):
        assert confirm(code) == LIMIT
        cognito.advance(seconds)
        assert confirm(wrong(code)) == MISMATCH
    cognito.advance(8)
    public.confirm_sign_up(ClientId=client, Username=email, ConfirmationCode=code)


def test_reset_codes_can_be_entered_twenty_times_an_hour(
    public: Any, pools: Pools, email: str
) -> None:
    client = pools.client(pools.pool(**BY_EMAIL), PreventUserExistenceErrors="ENABLED")
    for expected in [EXPIRED] * 20 + [LIMIT]:
        with pytest.raises(ClientError) as error:
            public.confirm_forgot_password(
                ClientId=client, Username=email, Password=PASSWORD, ConfirmationCode="0"
            )
        assert refusal(error.value) == expected


def test_a_disabled_user_sets_no_new_password(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    pools.user(pool, email, email_verified="true")
    public.forgot_password(ClientId=client, Username=email)
    admin.admin_disable_user(UserPoolId=pool, Username=email)
    with pytest.raises(ClientError) as error:
        public.confirm_forgot_password(
            ClientId=client,
            Username=email,
            Password=PASSWORD,
            ConfirmationCode=cognito.code(email),
        )
    assert refusal(error.value) == ("NotAuthorizedException", "User is disabled.")


def test_an_address_of_the_second_factor_resets_no_password(
    public: Any, cognito: Cognito, pools: Pools, admin: Any, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    admin.set_user_pool_mfa_config(
        UserPoolId=pool,
        MfaConfiguration="OPTIONAL",
        EmailMfaConfiguration={"Message": "Your code is {####}", "Subject": "Code"},
    )
    client = pools.client(pool, "USER_PASSWORD_AUTH")
    pools.user(pool, email, email_verified="true")
    tokens = public.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )["AuthenticationResult"]
    public.set_user_mfa_preference(
        AccessToken=tokens["AccessToken"], EmailMfaSettings={"Enabled": True}
    )
    with pytest.raises(ClientError) as error:
        public.forgot_password(ClientId=client, Username=email)
    assert refusal(error.value)[0] == "InvalidParameterException"
    assert cognito.messages(email) == []


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (
            {"email": "ann@example.com"},
            (
                "InvalidParameterException",
                "Attributes did not conform to the schema: name.familyName: The attribute"
                " name.familyName is required",
            ),
        ),
        (
            {"family_name": "Doe", "nickname": "Ann"},
            ("NotAuthorizedException", "A client attempted to write unauthorized attribute"),
        ),
    ],
)
def test_who_signs_up_gives_what_is_required_and_only_what_the_client_may_write(
    public: Any, pools: Pools, attributes: dict[str, str], expected: tuple[str, str]
) -> None:
    required = {"Name": "family_name", "AttributeDataType": "String", "Required": True}
    client = pools.client(pools.pool(Schema=[required]), WriteAttributes=["family_name", "email"])
    with pytest.raises(ClientError) as error:
        public.sign_up(
            ClientId=client,
            Username=new_name(),
            Password=PASSWORD,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )
    assert refusal(error.value) == expected


def test_a_password_can_be_reset_twenty_times_an_hour(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    client = pools.client(pools.pool(**BY_EMAIL), PreventUserExistenceErrors="ENABLED")
    for _ in range(20):
        public.forgot_password(ClientId=client, Username=email)
    with pytest.raises(ClientError) as error:
        public.forgot_password(ClientId=client, Username=email)
    assert refusal(error.value) == LIMIT
    cognito.advance(3600)
    public.forgot_password(ClientId=client, Username=email)


def test_an_administrator_resets_a_password(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    pool = pools.pool(**BY_EMAIL)
    client = pools.client(pool)
    pools.user(pool, email, email_verified="true")
    admin.admin_reset_user_password(UserPoolId=pool, Username=email)
    assert status(admin, pool, email) == "RESET_REQUIRED"
    public.confirm_forgot_password(
        ClientId=client, Username=email, Password=PASSWORD, ConfirmationCode=cognito.code(email)
    )
    assert status(admin, pool, email) == "CONFIRMED"
