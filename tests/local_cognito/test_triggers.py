"""Triggers: the riddle that ships as the example, and others from a file of this test."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jose import jwt

from tests.support.local_cognito import (
    PASSWORD,
    ROOT,
    Cognito,
    Json,
    Pools,
    new_email,
    new_name,
    python,
    run_cognito,
)
from tests.support.sign_in import begin, initiate, refused, respond, srp_proof
from walk import srp

ARN = "arn:aws:lambda:us-east-1:000000000000:function:any"
CUSTOM = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
UNUSABLE = ("InvalidLambdaResponseException", "Unrecognizable lambda output")
RIDDLE = {"riddle": "What has keys and opens no door?"}

TRIGGERS = """
import json


def answer(event, **response):
    return {**event, "response": response}


def define_auth_challenge(event):
    attributes, metadata = event["request"]["userAttributes"], event["request"]["clientMetadata"]
    if attributes.get("nickname") == "raise":
        raise ValueError("no more riddles")
    if attributes.get("nickname") == "nothing":
        return None
    if attributes.get("nickname") == "no-json":
        return answer(event, issueTokens={1, 2})
    if attributes.get("nickname") == "unknown":
        return answer(event, challengeName="RIDDLE")
    if metadata.get("let") == "in":
        return answer(event, issueTokens=True)
    return answer(event, challengeName="CUSTOM_CHALLENGE")


def create_auth_challenge(event):
    if event["request"]["userAttributes"].get("nickname") == "number":
        return answer(event, publicChallengeParameters={"tries": 3})
    steps = json.dumps(event["request"]["session"])
    return answer(
        event,
        publicChallengeParameters={"steps": steps},
        privateChallengeParameters={"secret": "x"},
        challengeMetadata="M",
    )


def verify_auth_challenge_response(event):
    request = event["request"]
    right = request["challengeAnswer"] == request["privateChallengeParameters"]["secret"]
    return answer(event, answerCorrect=right)


def pre_token_generation(event):
    request = event["request"]
    if request["userAttributes"].get("nickname") == "raise":
        raise ValueError("no claims")
    claims = {"source": event["triggerSource"], "sub": "stolen"}
    details = {"claimsToAddOrOverride": claims, "claimsToSuppress": ["email", "exp"]}
    groups = {"groupsToOverride": ["made-up"]}
    if event["version"] == "1":
        details["groupOverrideDetails"] = groups
        return answer(event, claimsOverrideDetails=details)
    if request["userAttributes"].get("nickname") == "text":
        return answer(event, claimsAndScopeOverrideDetails={"idTokenGeneration": "text"})
    return answer(
        event,
        claimsAndScopeOverrideDetails={
            "idTokenGeneration": details,
            "accessTokenGeneration": {**details, "scopesToAdd": ["more"]},
            "groupOverrideDetails": groups,
        },
    )


def user_migration(event):
    if event["request"]["password"] != "0ld-passw0rd!":
        return answer(event)
    status = "CONFIRMED" if event["userName"].startswith("done") else None
    return answer(
        event,
        userAttributes={"email": event["userName"] + "@example.com", "email_verified": "true"},
        finalUserStatus=status,
    )
"""


@pytest.fixture(scope="module")
def triggered(environment: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cognito]:
    """Run a local Cognito with this file's triggers and with codes that can be copied."""
    file = tmp_path_factory.mktemp("triggers") / "triggers.py"
    file.write_text(TRIGGERS)
    with run_cognito("--triggers", str(file), "--fixed-codes") as cognito:
        yield cognito


def pool_with(admin: Any, *names: str, **config: Json) -> str:
    """Make a pool that names these triggers."""
    return Pools(admin).pool(LambdaConfig={**dict.fromkeys(names, ARN), **config})


@pytest.fixture(scope="module")
def riddle(admin: Any) -> tuple[str, str]:
    """Make a pool with the example's triggers, and return its id and that of a client."""
    pool = pool_with(admin, *CUSTOM)
    flows = ("CUSTOM_AUTH", "USER_SRP_AUTH")
    return pool, Pools(admin).client(pool, *flows)


def test_the_riddle_is_put_until_the_answer_is_right(
    public: Any, pools: Pools, riddle: tuple[str, str]
) -> None:
    pool, client = riddle
    user = pools.user(pool)
    first = initiate(public, client, "CUSTOM_AUTH", user)
    assert first["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert first["ChallengeParameters"] == {"USERNAME": user, **RIDDLE}
    second = respond(public, client, first, user, ANSWER="a door")
    assert second["ChallengeParameters"] == {"USERNAME": user, **RIDDLE}
    assert refused(respond, public, client, first, user, ANSWER="piano") == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )
    answer = respond(public, client, second, user, ANSWER="A piano")
    assert sorted(answer) == ["AuthenticationResult", "ChallengeParameters"]


def test_three_wrong_answers_end_the_riddle(
    public: Any, pools: Pools, riddle: tuple[str, str]
) -> None:
    pool, client = riddle
    user = pools.user(pool)
    challenge = initiate(public, client, "CUSTOM_AUTH", user)
    for _ in range(2):
        challenge = respond(public, client, challenge, user, ANSWER="a door")
    assert refused(respond, public, client, challenge, user, ANSWER="a door") == INCORRECT
    assert refused(respond, public, client, challenge, user, ANSWER="piano") == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )


def test_the_riddle_comes_after_the_password_where_the_flow_begins_with_srp(
    public: Any, pools: Pools, riddle: tuple[str, str]
) -> None:
    pool, client = riddle
    user = pools.user(pool)
    for password, right in (("wrong", False), (PASSWORD, True)):
        exchange = srp.Client()
        challenge = initiate(
            public, client, "CUSTOM_AUTH", user, CHALLENGE_NAME="SRP_A", SRP_A=exchange.public
        )
        assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
        proof = srp_proof(exchange, challenge, pool, password)
        if right:
            riddle_put = respond(public, client, challenge, user, **proof)
            assert riddle_put["ChallengeParameters"] == {"USERNAME": user, **RIDDLE}
            answer = respond(public, client, riddle_put, user, ANSWER="piano")
            assert "AuthenticationResult" in answer
        else:
            assert refused(respond, public, client, challenge, user, **proof) == INCORRECT


def test_a_pool_without_triggers_has_no_custom_challenge(public: Any, pools: Pools) -> None:
    pool = pools.pool()
    client = pools.client(pool, "CUSTOM_AUTH")
    assert refused(initiate, public, client, "CUSTOM_AUTH", pools.user(pool)) == (
        "InvalidParameterException",
        "Custom auth lambda trigger is not configured for the user pool.",
    )


def test_triggers_are_told_of_a_hidden_user_and_cannot_let_it_in(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    pool = pool_with(admin, *CUSTOM)
    hiding = Pools(admin).client(pool, "CUSTOM_AUTH", PreventUserExistenceErrors="ENABLED")
    client = Pools(admin).client(pool, "CUSTOM_AUTH")
    assert refused(initiate, public, client, "CUSTOM_AUTH", "nobody") == (
        "UserNotFoundException",
        "User does not exist.",
    )
    challenge = initiate(public, hiding, "CUSTOM_AUTH", "nobody")
    assert (
        refused(
            public.respond_to_auth_challenge,
            ClientId=hiding,
            ChallengeName="CUSTOM_CHALLENGE",
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": "nobody", "ANSWER": "x"},
            ClientMetadata={"let": "in"},
        )
        == INCORRECT
    )


def test_a_hidden_user_is_named_as_a_real_one_would_be(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    triggers = dict.fromkeys(CUSTOM, ARN)
    pool = Pools(admin).pool(UsernameAttributes=["email"], LambdaConfig=triggers)
    client = Pools(admin).client(pool, "CUSTOM_AUTH", PreventUserExistenceErrors="ENABLED")
    real, nobody = new_email(), new_email()
    Pools(admin).user(pool, real)
    for email in (real, nobody):
        challenge = initiate(public, client, "CUSTOM_AUTH", email)
        name = challenge["ChallengeParameters"]["USERNAME"]
        assert email not in name
        again = respond(public, client, challenge, name, ANSWER="wrong")
        assert again["ChallengeParameters"]["USERNAME"] == name


def test_each_trigger_sees_the_steps_before(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    pool = pool_with(admin, *CUSTOM)
    client, user = Pools(admin).client(pool, "CUSTOM_AUTH"), Pools(admin).user(pool)
    challenge = initiate(public, client, "CUSTOM_AUTH", user)
    assert challenge["ChallengeParameters"] == {"USERNAME": user, "steps": "[]"}
    for answer in ("wrong", "x"):
        challenge = respond(public, client, challenge, user, ANSWER=answer)
    steps = [
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": result, "challengeMetadata": "M"}
        for result in (False, True)
    ]
    assert json.loads(challenge["ChallengeParameters"]["steps"]) == steps


@pytest.mark.parametrize(
    ("nickname", "refusal"),
    [
        (
            "raise",
            (
                "UserLambdaValidationException",
                "DefineAuthChallenge failed with error no more riddles.",
            ),
        ),
        ("nothing", UNUSABLE),
        ("no-json", UNUSABLE),
        ("unknown", UNUSABLE),
        ("number", UNUSABLE),
    ],
)
def test_what_a_trigger_does_wrong_is_the_callers_error(
    triggered: Cognito, nickname: str, refusal: tuple[str, str]
) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    pool = pool_with(admin, *CUSTOM)
    client = Pools(admin).client(pool, "CUSTOM_AUTH")
    user = Pools(admin).user(pool, nickname=nickname)
    assert refused(initiate, public, client, "CUSTOM_AUTH", user) == refusal


def test_a_trigger_that_the_file_lacks_is_named(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    client = Pools(admin).client(pool_with(admin, "PreSignUp"))
    assert refused(public.sign_up, ClientId=client, Username="ada", Password=PASSWORD) == (
        "UnexpectedLambdaException",
        "PreSignUp is set in LambdaConfig, but the triggers file has no pre_sign_up().",
    )


def claims_of(result: Json) -> tuple[Json, Json]:
    """Return what the access and the ID token of a sign-in say."""
    access, identity = (
        jwt.get_unverified_claims(result[name]) for name in ("AccessToken", "IdToken")
    )
    return access, identity


def test_claims_are_added_overridden_and_suppressed_but_for_the_fixed_ones(
    triggered: Cognito,
) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    pool = pool_with(admin, "PreTokenGeneration")
    client = Pools(admin).client(pool, "USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH")
    user = Pools(admin).user(pool, email="ada@example.com")
    result = begin(public, client, user)["AuthenticationResult"]
    access, identity = claims_of(result)
    assert identity["source"] == "TokenGeneration_Authentication"
    assert identity["sub"] == access["sub"] != "stolen"
    assert "email" not in identity and "exp" in identity
    assert identity["cognito:groups"] == access["cognito:groups"] == ["made-up"]
    assert "source" not in access
    refreshed = public.get_tokens_from_refresh_token(
        ClientId=client, RefreshToken=result["RefreshToken"]
    )
    _, identity = claims_of(refreshed["AuthenticationResult"])
    assert identity["source"] == "TokenGeneration_RefreshTokens"


def test_the_second_version_of_the_event_reaches_the_access_token_too(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    config = {"LambdaArn": ARN, "LambdaVersion": "V2_0"}
    pool = pool_with(admin, PreTokenGenerationConfig=config)
    client = Pools(admin).client(pool, "USER_PASSWORD_AUTH")
    user = Pools(admin).user(pool)
    access, identity = claims_of(begin(public, client, user)["AuthenticationResult"])
    assert access["scope"] == "aws.cognito.signin.user.admin more"
    assert access["source"] == identity["source"] == "TokenGeneration_Authentication"
    for nickname, refusal in (
        ("text", UNUSABLE),
        (
            "raise",
            ("UserLambdaValidationException", "PreTokenGeneration failed with error no claims."),
        ),
    ):
        user = Pools(admin).user(pool, nickname=nickname)
        assert refused(begin, public, client, user) == refusal


def test_a_user_moves_in_from_another_directory(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    pool = pool_with(admin, "UserMigration")
    client = Pools(admin).client(pool, "USER_PASSWORD_AUTH")
    done, reset = f"done-{new_name()}", f"reset-{new_name()}"
    assert refused(begin, public, client, done, PASSWORD="wrong") == (
        "UserNotFoundException",
        "User does not exist.",
    )
    result = begin(public, client, done, PASSWORD="0ld-passw0rd!")["AuthenticationResult"]
    _, identity = claims_of(result)
    assert (identity["email"], identity["email_verified"]) == (f"{done}@example.com", True)
    assert refused(begin, public, client, reset, PASSWORD="0ld-passw0rd!") == (
        "PasswordResetRequiredException",
        "Password reset required for the user",
    )
    for name, status in ((done, "CONFIRMED"), (reset, "RESET_REQUIRED")):
        user = admin.admin_get_user(UserPoolId=pool, Username=name)
        assert user["UserStatus"] == status


def test_a_code_that_everybody_knows_does_not_let_an_invented_user_in(triggered: Cognito) -> None:
    admin, public = triggered.boto3(signed=True), triggered.boto3(signed=False)
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = Pools(admin).pool(Policies=policy)
    client = Pools(admin).client(pool, "USER_AUTH", PreventUserExistenceErrors="ENABLED")
    name = "nobody@example.com"
    challenge = initiate(public, client, "USER_AUTH", name, PREFERRED_CHALLENGE="EMAIL_OTP")
    assert refused(respond, public, client, challenge, name, EMAIL_OTP_CODE="12345678") == (
        "CodeMismatchException",
        "Invalid code or auth state for the user.",
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.py", "No such file or directory"),
        ("triggers.txt", "is not a Python file"),
    ],
)
def test_a_triggers_file_that_cannot_be_read_is_named_at_the_start(
    tmp_path: Path, name: str, reason: str
) -> None:
    if name == "triggers.txt":
        (tmp_path / name).write_text("")
    start = subprocess.run(
        [python(), "-B", "-m", "local.cognito", "--triggers", str(tmp_path / name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert start.returncode == 2
    last_line = start.stderr.splitlines()[-1]
    assert name in last_line and reason in last_line
