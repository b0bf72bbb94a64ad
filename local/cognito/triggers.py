"""Lambda triggers as Python functions: an event goes in, the same event comes back answered.

A pool's LambdaConfig says which triggers it has, as on AWS; the ARNs are not called. The function
is the one that the triggers' file has under the trigger's name in snake case (`pre_sign_up`).
It runs while everybody else waits, so it must be quick and must not call the local Cognito itself.
"""

import copy
import importlib.util
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.cognito.errors import Refused
from local.cognito.records import Client, Pool, User
from local.cognito.server import Call, Json

NAMES = (
    "PreSignUp",
    "UserMigration",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "PreTokenGeneration",
)


def load(file: Path) -> Mapping[str, Callable[[Json], Json]]:
    """Return the trigger functions of a Python file, by the name of Cognito's setting."""
    spec = importlib.util.spec_from_file_location("local_triggers", file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    functions = {name: getattr(module, snake_case(name), None) for name in NAMES}
    return {name: function for name, function in functions.items() if function is not None}


def snake_case(name: str) -> str:
    """Return PreSignUp as pre_sign_up."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def has(pool: Pool, name: str) -> bool:
    """Tell whether the pool's settings name this trigger."""
    return bool(_configured(pool, name))


def pre_token_version(pool: Pool) -> str:
    """Return the event version of the pre token generation trigger: "1", "2" or "3"."""
    config = pool.settings.get("LambdaConfig", {}).get("PreTokenGenerationConfig", {})
    return str(config.get("LambdaVersion", "V1_0"))[1:2]


def user_attributes(user: User) -> Json:
    """Return what an event says of the user."""
    return {"sub": user.sub, "cognito:user_status": user.status, **user.attributes}


def run(
    call: Call,
    pool: Pool,
    client: Client | None,
    username: str,
    source: str,
    request: Json,
    response: Json,
    event_version: str = "1",
) -> Json:
    """Run the trigger that `source` begins with (PreSignUp_SignUp, …) and return its `response`.

    `response` is what the function finds in the event. Raises Refused, in AWS's words, when the
    function is missing, raises, or returns something else than the event.
    """
    name = TRIGGERS[source.partition("_")[0]]
    function = call.server.triggers.get(name)
    if function is None:
        raise Refused(
            "UnexpectedLambdaException",
            f"{name} is set in LambdaConfig, but the triggers file has no {snake_case(name)}().",
        )
    client_id = client.id if client else "CLIENT_ID_NOT_APPLICABLE"
    event: Json = {
        "version": event_version,
        "region": call.server.region,
        "userPoolId": pool.id,
        "userName": username,
        "callerContext": {"awsSdkVersion": call.user_agent, "clientId": client_id},
        "triggerSource": source,
        "request": request,
        "response": response,
    }
    try:
        # A copy: a function must not change records by changing its event.
        answered: Any = function(copy.deepcopy(event))
    except Exception as error:  # whatever the function's author raises becomes AWS's sentence
        raise Refused(
            "UserLambdaValidationException", f"{name} failed with error {error}."
        ) from error
    try:
        # As between Lambda and Cognito: what JSON cannot say does not arrive.
        answered = json.loads(json.dumps(answered, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise unusable() from None
    if not isinstance(answered, dict) or not isinstance(answered.get("response"), dict):
        raise unusable()
    return dict(answered["response"])


def texts(response: Json, member: str) -> dict[str, str]:
    """Return a member that maps names to texts, or refuse; none is an empty one."""
    value = response.get(member) or {}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise unusable()
    return value


def unusable() -> Refused:
    """Return the refusal of an answer that a trigger must not give."""
    return Refused("InvalidLambdaResponseException", "Unrecognizable lambda output")


# The trigger by the first word of its event's `triggerSource`.
TRIGGERS = {
    "PreSignUp": "PreSignUp",
    "UserMigration": "UserMigration",
    "DefineAuthChallenge": "DefineAuthChallenge",
    "CreateAuthChallenge": "CreateAuthChallenge",
    "VerifyAuthChallengeResponse": "VerifyAuthChallengeResponse",
    "TokenGeneration": "PreTokenGeneration",
}


def _configured(pool: Pool, name: str) -> object:
    config = pool.settings.get("LambdaConfig", {})
    if name == "PreTokenGeneration":
        return config.get(name) or config.get("PreTokenGenerationConfig")
    return config.get(name)
