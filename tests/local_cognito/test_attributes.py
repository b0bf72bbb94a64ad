"""Attributes of the user who is signed in, and of any user for an administrator."""

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_cognito import PASSWORD, Cognito, Pools, new_email, refusal

BY_EMAIL = {"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
SCHEMA = [
    {
        "Name": "team",
        "AttributeDataType": "String",
        "Mutable": True,
        "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "5"},
    },
    {"Name": "tenant", "AttributeDataType": "String", "Mutable": False},
    {
        "Name": "level",
        "AttributeDataType": "Number",
        "Mutable": True,
        "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
    },
    {"Name": "active", "AttributeDataType": "Boolean", "Mutable": True},
    {
        "Name": "secret",
        "AttributeDataType": "String",
        "Mutable": True,
        "DeveloperOnlyAttribute": True,
    },
]


@dataclass(frozen=True)
class SignedIn:
    """A user of a new pool, with a token."""

    public: Any
    pool: str
    client: str
    name: str
    token: str

    def attributes(self) -> dict[str, str]:
        """Return what GetUser says, without sub."""
        items = self.public.get_user(AccessToken=self.token)["UserAttributes"]
        return {item["Name"]: item["Value"] for item in items if item["Name"] != "sub"}

    def update(self, **changes: str) -> list[dict[str, str]]:
        """Change attributes and return what codes were sent."""
        answer = self.public.update_user_attributes(
            AccessToken=self.token,
            UserAttributes=[
                {"Name": name.replace("__", ":"), "Value": value} for name, value in changes.items()
            ],
        )
        deliveries: list[dict[str, str]] = answer.get("CodeDeliveryDetailsList", [])
        return deliveries

    def verify(self, name: str, code: str) -> None:
        """Verify an address."""
        self.public.verify_user_attribute(AccessToken=self.token, AttributeName=name, Code=code)


def sign_in(
    public: Any, pools: Pools, email: str, *, client: dict[str, Any] | None = None, **pool: Any
) -> SignedIn:
    """Make a pool, a client and a user, and sign the user in."""
    pool_id = pools.pool(**{**BY_EMAIL, **pool})
    client_id = pools.client(pool_id, "USER_PASSWORD_AUTH", **(client or {}))
    pools.user(pool_id, email, email_verified="true")
    answer = public.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": PASSWORD},
    )
    token = answer["AuthenticationResult"]["AccessToken"]
    return SignedIn(public, pool_id, client_id, email, token)


def test_a_changed_email_is_unverified_until_its_code_is_entered(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email)
    new = new_email()
    assert user.update(email=new) == [
        {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "u***@e***"}
    ]
    assert user.attributes() == {"email": new, "email_verified": "false"}
    assert cognito.messages(email) == []
    user.verify("email", cognito.code(new))
    assert user.attributes() == {"email": new, "email_verified": "true"}
    with pytest.raises(ClientError) as error:
        user.verify("email", cognito.code(new))
    assert refusal(error.value)[0] == "ExpiredCodeException"


def test_a_code_for_one_email_does_not_verify_the_next(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email, AutoVerifiedAttributes=[])
    first, second = new_email(), new_email()
    user.update(email=first)
    public.get_user_attribute_verification_code(AccessToken=user.token, AttributeName="email")
    user.update(email=second)
    with pytest.raises(ClientError) as error:
        user.verify("email", cognito.code(first))
    assert refusal(error.value)[0] == "ExpiredCodeException"
    assert user.attributes() == {"email": second, "email_verified": "false"}


def test_verification_before_update_keeps_the_old_email_until_then(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    setting = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    user = sign_in(public, pools, email, UserAttributeUpdateSettings=setting)
    new = new_email()
    user.update(email=new)
    assert user.attributes() == {"email": email, "email_verified": "true"}
    answer = public.get_user_attribute_verification_code(
        AccessToken=user.token, AttributeName="email"
    )
    assert answer["CodeDeliveryDetails"]["Destination"] == "u***@e***"
    user.verify("email", cognito.code(new))
    assert user.attributes() == {"email": new, "email_verified": "true"}
    user_by_new_email = admin.admin_get_user(UserPoolId=user.pool, Username=new)
    assert user_by_new_email["UserStatus"] == "CONFIRMED"
    with pytest.raises(ClientError) as error:
        admin.admin_get_user(UserPoolId=user.pool, Username=email)
    assert refusal(error.value)[0] == "UserNotFoundException"


def test_an_email_of_another_user_can_neither_be_taken_nor_verified(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    setting = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    user = sign_in(public, pools, email, UserAttributeUpdateSettings=setting)
    other, later = new_email(), new_email()
    taken = ("AliasExistsException", "An account with the email already exists.")
    pools.user(user.pool, other)
    with pytest.raises(ClientError) as error:
        user.update(email=other)
    assert refusal(error.value) == taken
    user.update(email=later)
    pools.user(user.pool, later)
    with pytest.raises(ClientError) as error:
        user.verify("email", cognito.code(later))
    assert refusal(error.value) == taken
    assert user.attributes() == {"email": email, "email_verified": "true"}


def test_a_wrong_code_verifies_nothing(
    public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email)
    user.update(email=new_email())
    with pytest.raises(ClientError) as error:
        user.verify("email", "000000x")
    assert refusal(error.value) == (
        "CodeMismatchException",
        "Invalid verification code provided, please try again.",
    )
    assert user.attributes()["email_verified"] == "false"


@pytest.mark.parametrize(
    ("changes", "name", "message"),
    [
        (
            {"custom__tenant": "x"},
            "InvalidParameterException",
            "user.custom:tenant: Attribute cannot be updated.\n",
        ),
        (
            {"custom__nothing": "x", "custom__tenant": "x"},
            "InvalidParameterException",
            "user.custom:nothing: Attribute does not exist in the schema.\n"
            "user.custom:tenant: Attribute cannot be updated.\n",
        ),
        (
            {"custom__team": "yellow"},
            "InvalidParameterException",
            "user.custom:team: String must be no longer than 5 characters\n",
        ),
        (
            {"custom__team": "x"},
            "InvalidParameterException",
            "user.custom:team: String must be no shorter than 2 characters\n",
        ),
        (
            {"custom__level": "ten"},
            "InvalidParameterException",
            "user.custom:level: Attribute must be a whole number\n",
        ),
        (
            {"custom__level": "10"},
            "InvalidParameterException",
            "user.custom:level: Number must be at most 9\n",
        ),
        (
            {"custom__active": "perhaps"},
            "InvalidParameterException",
            "user.custom:active: Attribute must be true or false\n",
        ),
        (
            {"dev__custom__secret": "x"},
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        ({"email": "nobody"}, "InvalidParameterException", "Invalid email address format."),
        ({"sub": "x"}, "InvalidParameterException", "Cannot modify the non-mutable attribute sub"),
    ],
)
def test_a_change_that_the_schema_does_not_allow_is_refused_whole(
    public: Any, pools: Pools, email: str, changes: dict[str, str], name: str, message: str
) -> None:
    user = sign_in(public, pools, email, Schema=SCHEMA)
    with pytest.raises(ClientError) as error:
        user.update(given_name="Pat", **changes)
    assert refusal(error.value) == (name, message)
    assert user.attributes() == {"email": email, "email_verified": "true"}


def test_a_client_reads_and_writes_what_it_may(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    user = sign_in(
        public,
        pools,
        email,
        Schema=SCHEMA,
        client={
            "ReadAttributes": ["custom:team", "name"],
            "WriteAttributes": ["custom:team", "email"],
        },
    )
    user.update(custom__team="blue")
    admin.admin_update_user_attributes(
        UserPoolId=user.pool,
        Username=user.name,
        UserAttributes=[
            {"Name": "dev:custom:secret", "Value": "hidden"},
            {"Name": "name", "Value": "Pat"},
        ],
    )
    assert user.attributes() == {"custom:team": "blue", "name": "Pat"}
    unauthorized = (
        "NotAuthorizedException",
        "A client attempted to write unauthorized attribute",
    )
    with pytest.raises(ClientError) as error:
        user.update(name="Sam")
    assert refusal(error.value) == unauthorized
    with pytest.raises(ClientError) as error:
        public.delete_user_attributes(AccessToken=user.token, UserAttributeNames=["name"])
    assert refusal(error.value) == unauthorized
    public.delete_user_attributes(AccessToken=user.token, UserAttributeNames=["custom:team"])
    assert user.attributes() == {"name": "Pat"}


def test_no_client_reads_what_is_for_developers_only(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email, Schema=SCHEMA)
    secret = {"Name": "dev:custom:secret", "Value": "hidden"}
    admin.admin_update_user_attributes(
        UserPoolId=user.pool, Username=user.name, UserAttributes=[secret]
    )
    described = admin.admin_get_user(UserPoolId=user.pool, Username=user.name)
    assert secret in described["UserAttributes"]
    assert user.attributes() == {"email": email, "email_verified": "true"}


def test_nothing_but_an_address_that_is_there_gets_a_code(
    public: Any, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email)
    for name, message in (
        ("name", "Only email and phone_number can be verified."),
        ("phone_number", "User has no attribute phone_number to verify."),
    ):
        with pytest.raises(ClientError) as error:
            public.get_user_attribute_verification_code(AccessToken=user.token, AttributeName=name)
        assert refusal(error.value) == ("InvalidParameterException", message)


def test_a_password_is_changed_by_who_knows_the_old_one(
    admin: Any, public: Any, cognito: Cognito, pools: Pools, email: str
) -> None:
    policy = {"MinimumLength": 8, "PasswordHistorySize": 2}
    user = sign_in(public, pools, email, Policies={"PasswordPolicy": policy})

    def change(old: str | None, new: str) -> None:
        previous = {} if old is None else {"PreviousPassword": old}
        public.change_password(AccessToken=user.token, ProposedPassword=new, **previous)

    for old, new, expected in (
        (None, "weak", ("InvalidParameterException", "Missing required parameter OldPassword")),
        ("wrong", "weak", ("NotAuthorizedException", "Incorrect username or password.")),
        (
            PASSWORD,
            "weak",
            (
                "InvalidPasswordException",
                "Password did not conform with policy: Password not long enough",
            ),
        ),
        (
            PASSWORD,
            PASSWORD,
            (
                "PasswordHistoryPolicyViolationException",
                "Password has previously been used.",
            ),
        ),
    ):
        with pytest.raises(ClientError) as error:
            change(old, new)
        assert refusal(error.value) == expected
    change(PASSWORD, "second-password")
    with pytest.raises(ClientError) as error:
        change("second-password", PASSWORD)
    assert refusal(error.value)[0] == "PasswordHistoryPolicyViolationException"
    change("second-password", "third-password")
    change("third-password", PASSWORD)


def test_old_passwords_cannot_be_guessed_with_a_stolen_token(
    public: Any, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email)
    for number in range(5):
        with pytest.raises(ClientError) as error:
            public.change_password(
                AccessToken=user.token,
                PreviousPassword=f"guess-{number}",
                ProposedPassword=PASSWORD,
            )
        assert refusal(error.value)[0] == "NotAuthorizedException"
    with pytest.raises(ClientError) as error:
        public.change_password(
            AccessToken=user.token, PreviousPassword=PASSWORD, ProposedPassword=PASSWORD
        )
    assert refusal(error.value) == (
        "LimitExceededException",
        "Attempt limit exceeded, please try after some time.",
    )


def test_who_deletes_the_own_account_is_gone(
    admin: Any, public: Any, pools: Pools, email: str
) -> None:
    user = sign_in(public, pools, email)
    public.delete_user(AccessToken=user.token)
    assert admin.list_users(UserPoolId=user.pool)["Users"] == []
    with pytest.raises(ClientError) as error:
        user.attributes()
    assert refusal(error.value) == ("UserNotFoundException", "User does not exist.")
