"""What template.yaml promises and a local AWS would not miss."""

import json
import os
import re
import subprocess
from typing import Any

import pytest
import yaml

from app.cognito import client as cognito_client
from app.cognito import hosted_ui
from app.cognito.vocabulary import SCOPES
from app.settings import OPTIONAL, REQUIRED
from app.swagger.fields import WRITABLE_ATTRIBUTES
from deploy import package
from tests.support.project import ROOT

CALLBACK = "/auth/google/callback"


class Loader(yaml.SafeLoader):
    """Reads `!Ref x` as {"Ref": "x"}, and so on."""


def tagged(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    """Make of a tag what stands for it in JSON, nearly."""
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    raise AssertionError(f"!{tag} of a mapping")


Loader.add_multi_constructor("!", tagged)
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), Loader)  # noqa: S506  # a SafeLoader
PARAMETERS, RESOURCES = TEMPLATE["Parameters"], TEMPLATE["Resources"]


def properties(name: str) -> Any:
    """Return the properties of a resource."""
    return RESOURCES[name]["Properties"]


def resources(kind: str) -> dict[str, Any]:
    """Return the properties of all resources of a type, by name."""
    return {k: v["Properties"] for k, v in RESOURCES.items() if v["Type"] == kind}


POOL, CLIENT = properties("UserPool"), properties("UserPoolClient")
FUNCTION, STAGE = properties("ApiFunction"), properties("HttpApiStage")
VARIABLES = FUNCTION["Environment"]["Variables"]


def test_api_gateway_may_invoke_the_function() -> None:
    """Without it each request is a 500, on AWS only."""
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}/*"
    assert resources("AWS::Lambda::Permission") == {
        "HttpApiPermission": {
            "FunctionName": {"Ref": "ApiFunction"},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Sub": arn},
        }
    }


def test_the_function_may_write_its_log_and_nothing_else() -> None:
    (role,) = resources("AWS::IAM::Role").values()
    statements = [s for p in role["Policies"] for s in p["PolicyDocument"]["Statement"]]
    assert statements == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"GetAtt": "FunctionLog.Arn"},
        }
    ]
    assert role.keys() == {"AssumeRolePolicyDocument", "Policies"}, "no managed policies"
    assert FUNCTION["Role"] == {"GetAtt": "FunctionRole.Arn"}
    assert FUNCTION.keys().isdisjoint({"Policies", "VpcConfig", "Events", "FunctionUrlConfig"})
    assert not {k for k in (v["Type"] for v in RESOURCES.values()) if "Policy" in k}


class TestSecrets:
    def test_come_by_reference(self) -> None:
        assert VARIABLES["FLASK_SECRET_KEY"] == {
            "Sub": "{{resolve:secretsmanager:${FlaskSecretKey}}}"
        }
        assert VARIABLES["CLIENT_SECRET"] == {"GetAtt": "UserPoolClient.ClientSecret"}
        generated = properties("FlaskSecretKey")
        assert generated.keys() == {"Description", "GenerateSecretString"}
        assert generated["GenerateSecretString"]["PasswordLength"] >= 32

    def test_appear_nowhere_else(self) -> None:
        rest = json.dumps({**TEMPLATE, "Resources": {**RESOURCES, "ApiFunction": None}})
        assert "resolve:" not in rest
        assert "ClientSecret" not in rest.replace("GoogleClientSecret", "")
        assert PARAMETERS["GoogleClientSecret"]["NoEcho"] is True
        assert not re.search("Secret|resolve", json.dumps(TEMPLATE["Outputs"]))

    def test_in_the_function_are_closed_by_a_key_of_its_own(self) -> None:
        key = {"GetAtt": "EnvironmentKey.Arn"}
        assert FUNCTION["KmsKeyArn"] == {"If": ["HasOwnKey", key, {"Ref": "AWS::NoValue"}]}
        assert PARAMETERS["OwnKey"]["Default"] == "true"
        assert properties("EnvironmentKey")["EnableKeyRotation"] is True


class TestUserPool:
    def test_signs_in_by_an_email_that_was_verified(self) -> None:
        assert POOL["UsernameAttributes"] == POOL["AutoVerifiedAttributes"] == ["email"]
        assert POOL["UsernameConfiguration"] == {"CaseSensitive": False}
        update = POOL["UserAttributeUpdateSettings"]
        assert update == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
        recovery = POOL["AccountRecoverySetting"]["RecoveryMechanisms"]
        assert recovery == [{"Name": "verified_email", "Priority": 1}]

    def test_wants_strong_passwords(self) -> None:
        policy = POOL["Policies"]["PasswordPolicy"]
        assert policy["MinimumLength"] >= 12
        for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"):
            assert policy[f"Require{kind}"] is True

    def test_offers_a_second_factor(self) -> None:
        assert POOL["MfaConfiguration"] == "OPTIONAL"
        assert POOL["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]

    def test_keeps_the_users_when_it_is_replaced(self) -> None:
        assert RESOURCES["UserPool"]["UpdateReplacePolicy"] == "Retain"

    @pytest.mark.parametrize("prefix", ["", "a", "my-login", "a" * 63])
    def test_takes_a_domain_prefix(self, prefix: str) -> None:
        assert re.search(PARAMETERS["DomainPrefix"]["AllowedPattern"], prefix)

    @pytest.mark.parametrize(
        "prefix", ["-a", "a-", "A", "a.b", "my-aws", "amazon1", "cognito-x", "a" * 64]
    )
    def test_refuses_a_domain_prefix_that_cognito_would(self, prefix: str) -> None:
        assert not re.search(PARAMETERS["DomainPrefix"]["AllowedPattern"], prefix)


class TestAppClient:
    def test_allows_what_the_api_uses(self) -> None:
        assert CLIENT["GenerateSecret"] is True
        assert CLIENT["ExplicitAuthFlows"] == ["ALLOW_USER_PASSWORD_AUTH"]
        assert CLIENT["AllowedOAuthFlows"] == ["code"]
        assert CLIENT["AllowedOAuthFlowsUserPoolClient"] is True
        assert sorted(CLIENT["AllowedOAuthScopes"]) == sorted(SCOPES)

    def test_rotates_and_revokes_refresh_tokens(self) -> None:
        """A client with rotation must not list ALLOW_REFRESH_TOKEN_AUTH: AWS refuses the two."""
        rotation = CLIENT["RefreshTokenRotation"]
        assert rotation["Feature"] == "ENABLED"
        assert 0 < rotation["RetryGracePeriodSeconds"] <= 60
        assert CLIENT["EnableTokenRevocation"] is True

    def test_hides_who_has_an_account_unless_told_otherwise(self) -> None:
        name = "PreventUserExistenceErrors"
        assert CLIENT[name] == {"Ref": name}
        assert PARAMETERS[name]["Default"] == "ENABLED"

    def test_may_write_what_google_maps_and_the_profile_takes(self) -> None:
        mapped = set(properties("Google")["AttributeMapping"]) - {"username"}
        assert {"email", "name", "given_name", "family_name"} <= mapped
        assert set(CLIENT["WriteAttributes"]) == mapped | set(WRITABLE_ATTRIBUTES)

    def test_may_read_what_it_writes(self) -> None:
        verified = {"email_verified", "phone_number_verified"}
        assert set(CLIENT["ReadAttributes"]) == set(CLIENT["WriteAttributes"]) | verified

    def test_asks_for_custom_attributes_that_the_pool_has(self) -> None:
        custom = {f"custom:{a['Name']}" for a in POOL["Schema"] if a["Name"] != "email"}
        assert {a for a in CLIENT["ReadAttributes"] if a.startswith("custom:")} == custom
        assert all(attribute["Mutable"] for attribute in POOL["Schema"])

    def test_knows_google_only_when_there_are_credentials(self) -> None:
        assert RESOURCES["Google"]["Condition"] == "HasGoogle"
        assert CLIENT["SupportedIdentityProviders"] == {
            "If": ["HasGoogle", ["COGNITO", {"Ref": "Google"}], ["COGNITO"]]
        }

    def test_has_google_go_by_the_id_alone(self) -> None:
        """`sam deploy --guided` takes no empty answer for the secret, so it may be anything."""
        without = {"Equals": [{"Ref": "GoogleClientId"}, ""]}
        assert TEMPLATE["Conditions"]["HasGoogle"] == {"Not": [without]}
        (rule,) = TEMPLATE["Rules"].values()
        assert rule["RuleCondition"] == TEMPLATE["Conditions"]["HasGoogle"]
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {"Not": [{"Equals": [{"Ref": "GoogleClientSecret"}, ""]}]}

    def test_redirects_to_the_very_url_that_the_api_names(self) -> None:
        assert CLIENT["CallbackURLs"] == [VARIABLES["COGNITO_REDIRECT_URI"]]
        url, values = CLIENT["CallbackURLs"][0]["Sub"]
        assert url == f"${{Url}}{CALLBACK}"
        assert values["Url"] == TEMPLATE["Outputs"]["ApiUrl"]["Value"]

    def test_signs_out_to_the_root_of_the_api(self) -> None:
        url, values = CLIENT["LogoutURLs"][0]["Sub"]
        assert url == "${Url}/"
        assert values["Url"] == TEMPLATE["Outputs"]["ApiUrl"]["Value"]


class TestFunction:
    def test_gets_settings_that_the_api_knows(self) -> None:
        assert REQUIRED.keys() <= VARIABLES.keys() <= REQUIRED.keys() | OPTIONAL.keys()
        for name, value in (("CORS_ORIGINS", "CorsOrigins"), ("ENABLE_DOCS", "EnableDocs")):
            assert VARIABLES[name] == {"Ref": value}

    def test_outlives_the_apis_own_deadlines(self) -> None:
        longest = cognito_client.KEYS_SECONDS + max(cognito_client.SECONDS, hosted_ui.SECONDS)
        assert longest < 10 < FUNCTION["Timeout"] < 29, "API Gateway gives up after 29 s"

    def test_runs_what_the_package_is_built_for(self) -> None:
        assert FUNCTION["Runtime"] == {"Ref": "Runtime"}
        assert tuple(PARAMETERS["Runtime"]["AllowedValues"]) == package.RUNTIMES
        assert PARAMETERS["Runtime"]["Default"] == package.RUNTIMES[0]
        assert FUNCTION["Architectures"] == [{"Ref": "Architecture"}]
        assert set(PARAMETERS["Architecture"]["AllowedValues"]) == set(package.MACHINES)
        assert FUNCTION["Handler"] == "main.lambda_handler"

    @pytest.mark.parametrize(
        ("choice", "architecture", "runtime"),
        [
            ({}, PARAMETERS["Architecture"]["Default"], PARAMETERS["Runtime"]["Default"]),
            ({"ARCHITECTURE": "arm64", "RUNTIME": "python3.13"}, "arm64", "python3.13"),
        ],
    )
    def test_is_built_by_sam_as_by_make_package(
        self, choice: dict[str, str], architecture: str, runtime: str
    ) -> None:
        metadata = RESOURCES["ApiFunction"]["Metadata"]
        assert metadata == {"BuildMethod": "makefile", "WorkingDirectory": "."}
        makefile = ROOT / FUNCTION["CodeUri"] / "Makefile"
        commands = subprocess.check_output(
            ["make", "--dry-run", f"--makefile={makefile}", "build-ApiFunction"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "ARTIFACTS_DIR": "/x y", **choice},
            text=True,
        )
        assert " ".join(commands.replace("\\\n", "").split()).endswith(
            f' deploy/package.py --into "/x y" --architecture {architecture} --runtime {runtime}'
        )

    def test_logs_json_and_every_log_ends(self) -> None:
        logging = {"LogFormat": "JSON", "LogGroup": {"Ref": "FunctionLog"}}
        assert FUNCTION["LoggingConfig"] == logging
        groups = resources("AWS::Logs::LogGroup")
        assert groups.keys() == {"FunctionLog", "AccessLog"}
        for group in groups.values():
            assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


class TestHttpApi:
    def test_sends_every_request_to_the_function(self) -> None:
        integration = properties("HttpApiIntegration")
        assert integration["IntegrationUri"] == {"GetAtt": "ApiFunction.Arn"}
        assert integration["PayloadFormatVersion"] == "2.0"
        route = properties("HttpApiRoute")
        assert (route["RouteKey"], STAGE["StageName"]) == ("$default", "$default")
        assert route["Target"] == {"Sub": "integrations/${HttpApiIntegration}"}

    def test_leaves_cors_to_the_api(self) -> None:
        assert "CorsConfiguration" not in properties("HttpApi")

    def test_is_throttled(self) -> None:
        assert STAGE["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 30
        assert STAGE["DefaultRouteSettings"]["ThrottlingBurstLimit"] <= 100

    def test_logs_no_query_string_and_no_header(self) -> None:
        """The query of a Google callback holds the code."""
        line = json.loads(STAGE["AccessLogSettings"]["Format"])
        assert set(line.values()) <= {
            "$context.requestTime",
            "$context.requestId",
            "$context.identity.sourceIp",
            "$context.httpMethod",
            "$context.path",
            "$context.status",
            "$context.responseLatency",
            "$context.responseLength",
            "$context.error.responseType",
        }


@pytest.mark.parametrize("name", PARAMETERS)
def test_sam_deploy_guided_explains_itself(name: str) -> None:
    """Each parameter has a default, and says what it is for."""
    assert PARAMETERS[name].keys() >= {"Default", "Description"}
    assert PARAMETERS[name]["Description"].endswith((".", "build"))
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert name in [parameter for group in groups for parameter in group["Parameters"]]


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        (
            "PublicUrl",
            ["", "https://auth.example.com", "https://example.com/auth", "http://127.0.0.1:5000"],
            ["auth.example.com", "https://auth.example.com/", "https://a.example/?x", "ftp://a"],
        ),
        (
            "CorsOrigins",
            [
                "",
                "https://a.example",
                "https://a.example,http://localhost:3000",
                "https://a, http://b",
            ],
            ["*", "https://*.a.example", "https://a.example/", "a.example", "https://a,"],
        ),
        (
            "CognitoDomain",
            ["", "https://login.example.com", "http://localhost:4566"],
            ["login.example.com", "https://login.example.com/", "https://a.example/b"],
        ),
    ],
)
def test_a_parameter_is_checked_before_anything_is_made(
    name: str, allowed: list[str], refused: list[str]
) -> None:
    pattern = PARAMETERS[name]["AllowedPattern"]
    assert [text for text in allowed if not re.search(pattern, text)] == []
    assert [text for text in refused if re.search(pattern, text)] == []
