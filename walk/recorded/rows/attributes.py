"""Writing and deleting attributes, and what the schema and the client do not allow."""

from walk.recorded.expect import (
    NOTHING,
    UUID,
    Expectation,
    answered,
    attributes,
    denied,
    empty,
    holds,
    includes,
    invalid,
    refused,
)
from walk.recorded.given import (
    admin,
    attempt,
    client,
    confirmed,
    get_user,
    password_sign_in,
    pool,
    wait,
)
from walk.recorded.row import Row
from walk.recorded.rows.sign_in import UNKNOWN_USER
from walk.recorded.rows.sign_up import CONFIRMED
from walk.recorded.scene import Call, call

SIGNED_IN = (CONFIRMED, password_sign_in())
# A second client, which may read and write the given name (and write what is required) only.
AT_RESTRICTED = (
    client(
        "restricted",
        ReadAttributes=["given_name"],
        WriteAttributes=["given_name", "family_name"],
    ),
    password_sign_in(client="restricted"),
)
RESTRICTED = (SIGNED_IN, AT_RESTRICTED)


def update(*pairs: tuple[str, str]) -> Call:
    """UpdateUserAttributes."""
    return call(
        "UpdateUserAttributes",
        {"AccessToken": "$access", "UserAttributes": attributes(*pairs)},
    )


def admin_update(*pairs: tuple[str, str], user: str = "user") -> Call:
    """AdminUpdateUserAttributes."""
    return admin("AdminUpdateUserAttributes", user=user, UserAttributes=attributes(*pairs))


def delete(*names: str) -> Call:
    """DeleteUserAttributes."""
    return call(
        "DeleteUserAttributes", {"AccessToken": "$access", "UserAttributeNames": list(names)}
    )


def show_user(modified: str) -> Call:
    """AdminGetUser; keeps UserLastModifiedDate."""
    return call(
        "AdminGetUser",
        {"UserPoolId": "$pool", "Username": "$user"},
        keep={modified: "UserLastModifiedDate"},
    )


def user_with(*pairs: tuple[str, object]) -> Expectation:
    """Expect GetUser to list these attributes besides tenant and sub."""
    return answered(
        {
            "UserAttributes": attributes(*pairs, ("custom:tenant", "north"), ("sub", "$sub")),
            "Username": "$user",
        }
    )


UNAUTHORIZED = denied("A client attempted to write unauthorized attribute")
NOT_WRITABLE = "Cannot modify the non-mutable attribute "
EMAIL = (("email", "pat@example.com"), ("email_verified", "false"))
VERIFY = admin_update(("email_verified", "true"))

# The pool of ADM, in which users may also sign in by email or preferred_username.
ALIASES = (
    pool(AliasAttributes=["email", "preferred_username"]),
    client(),
    confirmed("user", "pool", ("email", "ada-$user@example.com"), ("email_verified", "true")),
    confirmed("another", "pool", ("email", "bob-$another@example.com"), ("email_verified", "true")),
)

ROWS = (
    Row(
        "PRO/profile-update-custom-default",
        SIGNED_IN,
        update(("custom:team", "red"), ("given_name", "Pat")),
        NOTHING,
    ),
    Row(
        "PRO/profile-get-after-update",
        (SIGNED_IN, update(("custom:team", "red"), ("given_name", "Pat"))),
        get_user(),
        user_with(*EMAIL, ("family_name", "Doe"), ("given_name", "Pat"), ("custom:team", "red")),
    ),
    Row(
        "PRO/profile-restricted-read",
        (SIGNED_IN, update(("given_name", "Pat")), AT_RESTRICTED),
        get_user(),
        answered(
            {
                "UserAttributes": attributes(("given_name", "Pat"), ("sub", "$sub")),
                "Username": "$user",
            }
        ),
    ),
    Row(
        "PRO/profile-restricted-write-denied",
        RESTRICTED,
        update(("custom:team", "red")),
        UNAUTHORIZED,
    ),
    Row("PRO/profile-restricted-write-allowed", RESTRICTED, update(("given_name", "Pat")), NOTHING),
    Row(
        "PRO/profile-immutable-batch-denied",
        SIGNED_IN,
        update(("given_name", "Pat"), ("custom:tenant", "south")),
        invalid("user.custom:tenant: Attribute cannot be updated.\n"),
    ),
    Row(
        "PRO/profile-get-after-immutable",
        (SIGNED_IN, attempt(update(("given_name", "Pat"), ("custom:tenant", "south")))),
        get_user(),
        user_with(*EMAIL, ("family_name", "Doe"), ("custom:team", "blue")),
    ),
    Row(
        "PRO/profile-verified-flag-denied",
        SIGNED_IN,
        update(("email_verified", "true")),
        invalid(NOT_WRITABLE + "email_verified"),
    ),
    Row(
        "PRO/profile-sub-denied",
        SIGNED_IN,
        update(("sub", "00000000-0000-0000-0000-000000000000")),
        invalid(NOT_WRITABLE + "sub"),
    ),
    Row(
        "PRO/profile-unknown-attribute",
        SIGNED_IN,
        update(("custom:unknown", "x")),
        invalid("user.custom:unknown: Attribute does not exist in the schema.\n"),
    ),
    Row("PRO/profile-invalid-birthdate", SIGNED_IN, update(("birthdate", "not-a-date")), NOTHING),
    Row(
        "PRO/profile-duplicate-attribute",
        SIGNED_IN,
        update(("given_name", "First"), ("given_name", "Last")),
        NOTHING,
    ),
    Row(
        "PRO/profile-get-after-duplicate",
        (SIGNED_IN, update(("given_name", "First"), ("given_name", "Last"))),
        get_user(),
        user_with(*EMAIL, ("family_name", "Doe"), ("given_name", "Last"), ("custom:team", "blue")),
    ),
    Row(
        "PRO/profile-duplicate-validates-last",
        SIGNED_IN,
        update(("birthdate", "short"), ("birthdate", "not-a-date")),
        NOTHING,
    ),
    Row(
        "PRO/profile-admin-valid-duplicates",
        SIGNED_IN,
        admin_update(("birthdate", "short"), ("birthdate", "not-a-date")),
        NOTHING,
    ),
    Row(
        "PRO/profile-admin-birthdate-and-duplicates",
        SIGNED_IN,
        admin_update(("birthdate", "fifteen-letters"), ("given_name", "A"), ("given_name", "B")),
        invalid("user.birthdate: String must be no longer than 10 characters\n"),
    ),
    Row(
        "PRO/profile-get-after-admin-birthdate",
        (
            SIGNED_IN,
            attempt(
                admin_update(
                    ("birthdate", "fifteen-letters"), ("given_name", "A"), ("given_name", "B")
                )
            ),
        ),
        get_user(),
        user_with(*EMAIL, ("family_name", "Doe"), ("custom:team", "blue")),
    ),
    Row("PRO/profile-admin-verify-email", SIGNED_IN, VERIFY, NOTHING),
    Row(
        "PRO/profile-change-email",
        (SIGNED_IN, VERIFY),
        update(("email", "new@example.com")),
        NOTHING,
    ),
    Row(
        "PRO/profile-get-changed-email",
        (SIGNED_IN, VERIFY, update(("email", "new@example.com"))),
        get_user(),
        user_with(
            ("email", "new@example.com"),
            ("email_verified", "false"),
            ("family_name", "Doe"),
            ("custom:team", "blue"),
        ),
    ),
    Row(
        "PRO/profile-empty-value-delete",
        (SIGNED_IN, update(("given_name", "Pat"))),
        update(("given_name", "")),
        NOTHING,
    ),
    Row(
        "PRO/profile-get-after-empty",
        (SIGNED_IN, update(("given_name", "Pat")), update(("given_name", ""))),
        get_user(),
        user_with(*EMAIL, ("family_name", "Doe"), ("custom:team", "blue")),
    ),
    Row("PRO/profile-delete-custom-default", SIGNED_IN, delete("custom:team"), NOTHING),
    Row(
        "PRO/profile-delete-absent-idempotent",
        (SIGNED_IN, delete("custom:team")),
        delete("custom:team"),
        NOTHING,
    ),
    Row("PRO/profile-restricted-delete-denied", RESTRICTED, delete("email"), UNAUTHORIZED),
    Row(
        "PRO/profile-delete-verification-flag",
        SIGNED_IN,
        delete("email_verified"),
        invalid(NOT_WRITABLE + "email_verified"),
    ),
    Row(
        "PRO/profile-delete-required-denied",
        SIGNED_IN,
        delete("family_name"),
        invalid(
            "Invalid user attributes: name.familyName: The attribute name.familyName is required"
        ),
    ),
    Row(
        "PRO/profile-delete-immutable-denied",
        SIGNED_IN,
        delete("custom:tenant"),
        invalid(
            "Invalid user attributes: Custom.User.tenant: This attribute does not satisfy "
            "the mutability validation defined in the schema."
        ),
    ),
    Row(
        "PRO/profile-delete-unknown",
        SIGNED_IN,
        delete("custom:unknown"),
        invalid(
            "Invalid user attributes: Type for attribute {custom:unknown} could not be determined"
        ),
    ),
    Row("PRO/profile-delete-email", SIGNED_IN, delete("email"), NOTHING),
    Row(
        "PRO/profile-get-after-email-delete",
        (SIGNED_IN, delete("email")),
        get_user(),
        user_with(("family_name", "Doe"), ("custom:team", "blue")),
    ),
    Row(
        "ADM/alias-cross-attribute-collision",
        ALIASES,
        admin_update(("preferred_username", "bob-$another@example.com")),
        invalid(
            "Username cannot be of email format, since user pool is configured for email alias."
        ),
    ),
    Row(
        "ADM/alias-canonical-username-collision",
        ALIASES,
        admin_update(("preferred_username", "$another")),
        refused("AliasExistsException", "User account already exists for the alias."),
    ),
    *(
        Row(
            f"ADM/alias-after-{word}-collision",
            (
                ALIASES,
                show_user("modified_before"),
                wait(1),
                attempt(admin_update(("preferred_username", taken))),
            ),
            show_user("modified"),
            (
                includes(
                    {
                        "UserAttributes": attributes(
                            ("email", "ada-$user@example.com"),
                            ("email_verified", "true"),
                            ("sub", UUID),
                        )
                    }
                ),
                holds(
                    "UserLastModifiedDate is the one from before",
                    lambda scene: scene["modified"] == scene["modified_before"],
                ),
            ),
        )
        for word, taken in (
            ("cross-attribute", "bob-$another@example.com"),
            ("canonical-username", "$another"),
        )
    ),
    Row(
        "ADM/alias-email-lookup-before",
        ALIASES,
        call("AdminGetUser", {"UserPoolId": "$pool", "Username": "ada-$user@example.com"}),
        includes({"Username": "$user"}),
    ),
    Row(
        "PRO/profile-delete-self",
        SIGNED_IN,
        call("DeleteUser", {"AccessToken": "$access"}),
        empty,
    ),
    Row(
        "PRO/profile-admin-get-after-delete",
        (SIGNED_IN, call("DeleteUser", {"AccessToken": "$access"})),
        admin("AdminGetUser"),
        UNKNOWN_USER,
    ),
)
