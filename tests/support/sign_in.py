"""Signing in to the local Cognito with boto3, step by step."""

import time
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError

from tests.support.local_cognito import PASSWORD, Cognito, Json, refusal
from walk import srp

# All second factors, as members of SetUserPoolMfaConfig.
FACTORS = {
    "SmsMfaConfiguration": {
        "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}
    },
    "EmailMfaConfiguration": {},
    "SoftwareTokenMfaConfiguration": {"Enabled": True},
}


def begin(public: Any, client_id: str, username: str, **parameters: str) -> Json:
    """Send InitiateAuth with the password; `parameters` are more AuthParameters."""
    given = {"USERNAME": username, "PASSWORD": PASSWORD, **parameters}
    return members(
        public.initiate_auth(
            ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given
        )
    )


def initiate(public: Any, client_id: str, flow: str, username: str, **parameters: str) -> Json:
    """Send InitiateAuth; `parameters` are the AuthParameters beside USERNAME."""
    given = {"USERNAME": username, **parameters}
    return members(public.initiate_auth(ClientId=client_id, AuthFlow=flow, AuthParameters=given))


def respond(public: Any, client_id: str, challenge: Json, username: str, **responses: str) -> Json:
    """Answer a challenge."""
    return members(
        public.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName=challenge["ChallengeName"],
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": username, **responses},
        )
    )


def srp_proof(
    exchange: srp.Client,
    challenge: Json,
    pool_id: str,
    password: str = PASSWORD,
    *,
    timestamp: str | None = None,
) -> dict[str, str]:
    """Return what answers a PASSWORD_VERIFIER challenge, beside USERNAME."""
    given = challenge["ChallengeParameters"]
    block = given["SECRET_BLOCK"]
    stamp = timestamp or srp.timestamp(time.time())
    identity = srp.Identity(pool_id.partition("_")[2], given["USER_ID_FOR_SRP"], password)
    claim = exchange.claim(given["SALT"], given["SRP_B"], block, stamp, identity)
    return {
        "TIMESTAMP": stamp,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "PASSWORD_CLAIM_SIGNATURE": claim,
    }


def access_token(public: Any, client_id: str, username: str) -> str:
    """Sign in with the password alone and return the access token."""
    token: str = begin(public, client_id, username)["AuthenticationResult"]["AccessToken"]
    return token


def members(answer: Json) -> Json:
    """Return the members of an answer of boto3."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def refused(call: Any, *arguments: Any, **named: Any) -> tuple[str, str | None]:
    """Make a call that Cognito must refuse; return the refusal's name and sentence."""
    with pytest.raises(ClientError) as error:
        call(*arguments, **named)
    return refusal(error.value)


def totp_code(cognito: Cognito, secret: str, *, steps: int = 0) -> str:
    """Return the code that an authenticator app shows this many times 30 seconds from now."""
    return pyotp.TOTP(secret).at(int(cognito.now()) + 30 * steps)


def set_up_totp(cognito: Cognito, public: Any, token: str, **more: str) -> str:
    """Register an authenticator app, spend the code of 30 seconds ago on it, return the secret."""
    secret: str = public.associate_software_token(AccessToken=token)["SecretCode"]
    code = totp_code(cognito, secret, steps=-1)
    answer = public.verify_software_token(AccessToken=token, UserCode=code, **more)
    assert members(answer) == {"Status": "SUCCESS"}
    return secret
