"""SignUp, ConfirmSignUp and ResendConfirmationCode."""

from local.cognito import (
    aliases,
    challenges,
    codes,
    new_users,
    passwords,
    schema,
    settings,
)
from local.cognito.challenges import Attempt
from local.cognito.errors import Refused, invalid_parameter, not_authorized
from local.cognito.lookup import check_secret_hash, client_by_id, find_user
from local.cognito.records import Challenge, Client, Pool, User
from local.cognito.server import Call, Json


def sign_up(call: Call) -> Json:
    """Create an unconfirmed user and send a code, if the pool sends them."""
    client, pool = client_by_id(call.server, call.input["ClientId"])
    name = call.input["Username"]
    check_secret_hash(client, call.input.get("SecretHash"), name, parameter="secret")
    if pool.settings["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]:
        raise not_authorized("SignUp is not permitted for this user pool")
    password = call.input.get("Password")
    _check_password(pool, password)
    attributes = schema.as_dict(call.input.get("UserAttributes", []))
    schema.check_writable(client, attributes)
    schema.check_new(pool, attributes)
    user = new_users.new_user(call, pool, name, attributes, taken="User already exists")
    schema.check_required(pool, user.attributes)
    for attribute in schema.VERIFIABLE:
        if attribute in user.attributes:
            user.attributes[f"{attribute}_verified"] = "false"
    if password is not None:
        passwords.set_password(call, pool, user, password)
    new_users.let_trigger_decide(call, pool, client, user, name, "PreSignUp_SignUp")
    aliases.check_free(call.server, pool, user, user.attributes)
    user.modified = user.created
    call.store.save(user)
    answer: Json = {"UserConfirmed": user.status == "CONFIRMED", "UserSub": user.sub}
    if user.status != "CONFIRMED":
        answer["CodeDeliveryDetails"] = _send_code(call, pool, user)
        if settings.allows(client, "ALLOW_USER_AUTH"):
            answer["Session"] = _session(call, pool, client, user, challenges.SIGN_UP)
    return answer


def confirm_sign_up(call: Call) -> Json:
    """Confirm a user by the code, which also verifies the address that it went to."""
    client, pool, user = named(call)
    if user is None:
        if settings.hides_users(client):
            codes.right(call, pool, call.input["Username"], "sign-up", "")
            raise codes.mismatch()
        raise combination_not_found()
    if user.status != "UNCONFIRMED":
        raise not_authorized(f"User cannot be confirmed. Current status is {user.status}")
    code = codes.right(call, pool, user.username, "sign-up", call.input["ConfirmationCode"])
    user.attributes[f"{code.attribute}_verified"] = "true"
    if call.input.get("ForceAliasCreation"):
        new_users.take_aliases(call, pool, user)
    aliases.check_free(call.server, pool, user, user.attributes)
    user.status = "CONFIRMED"
    user.modified = call.now()
    call.store.delete(code)
    call.store.save(user)
    if not _continues_sign_up(call, client, user):
        return {}
    return {"Session": _session(call, pool, client, user, challenges.FIRST_SIGN_IN)}


def resend_confirmation_code(call: Call) -> Json:
    """Send the code of a sign-up again, a new one."""
    client, pool, user = named(call)
    if settings.hides_users(client) and (user is None or not user.enabled):
        name = call.input["Username"]
        username = user.username if user else name
        return {"CodeDeliveryDetails": codes.pretend(call, pool, username, "sign-up", name)}
    if user is None:
        raise combination_not_found()
    if user.status != "UNCONFIRMED":
        raise invalid_parameter("User is already confirmed.")
    details = _send_code(call, pool, user)
    if details is None:
        raise invalid_parameter("Auto verification not turned on.")  # text not known
    return {"CodeDeliveryDetails": details}


def combination_not_found() -> Refused:
    """Return the refusal of a user name that nobody has, where that may be said."""
    return Refused("UserNotFoundException", "Username/client id combination not found.")


def _check_password(pool: Pool, password: str | None) -> None:
    """Refuse a weak password, or none where no factor works without; that text is not known."""
    if password is not None:
        passwords.check_policy(pool, None, password)
    elif {"EMAIL_OTP", "SMS_OTP"}.isdisjoint(settings.first_factors(pool)):
        raise invalid_parameter("Missing required parameter Password")


def _send_code(call: Call, pool: Pool, user: User) -> Json | None:
    """Send a code to the phone number, or else to the email, that the pool verifies by itself.

    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-email-phone-verification.html
    """
    for attribute in ("phone_number", "email"):
        to = user.attributes.get(attribute)
        if to and attribute in settings.sends_codes_to(pool):
            return codes.send(call, pool, user, "sign-up", attribute, to)
    return None


def _session(call: Call, pool: Pool, client: Client, user: User, waiting: str) -> str:
    attempt = Attempt(pool, client, user, user.username)
    session: str = challenges.open(call, attempt, waiting, {}, {})["Session"]
    return session


def _continues_sign_up(call: Call, client: Client, user: User) -> bool:
    """Tell whether the answer has a Session for the first sign-in.

    AWS's Amplify counts on one without sending SignUp's. A Session that is not of this sign-up is
    not accepted in its stead (what AWS does then is not known).
    """
    if not settings.allows(client, "ALLOW_USER_AUTH"):
        return False
    session = call.input.get("Session")
    if session is None:
        return True
    try:
        challenge: Challenge = challenges.find(call, client, challenges.SIGN_UP, session)
    except Refused:
        return False
    if challenge.username != user.username:
        return False
    challenges.use_up(call, challenge)
    return True


def named(call: Call) -> tuple[Client, Pool, User | None]:
    """Return the client, its pool, and the user that a call without a token names."""
    client, pool = client_by_id(call.server, call.input["ClientId"])
    name = call.input["Username"]
    user = find_user(call.server, pool, name)
    names = [name] if user is None else [name, user.username]
    check_secret_hash(client, call.input.get("SecretHash"), *names, parameter="secret")
    return client, pool, user


OPERATIONS = {
    "ConfirmSignUp": confirm_sign_up,
    "ResendConfirmationCode": resend_confirmation_code,
    "SignUp": sign_up,
}
