"""What template.yaml promises and a local AWS would not miss."""

import itertools
import json
import os
import re
import subprocess
from typing import Any

import pytest

from app.cognito import client as cognito_client
from app.cognito import hosted_ui
from app.cognito.vocabulary import SCOPES
from app.settings import OPTIONAL, REQUIRED, Settings
from app.swagger import SPEC
from app.swagger.fields import WRITABLE_ATTRIBUTES
from app.web.attempt_log import METRICS
from deploy import package
from tests.support.app import EXAMPLE
from tests.support.cloudformation import TEMPLATE, Stack
from tests.support.project import ROOT

DOCS = (ROOT / "docs" / "lambda.md").read_text()
CALLBACK = "/auth/google/callback"


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
DEFAULT_CLIENT = Stack().resources["UserPoolClient"]


def test_api_gateway_may_invoke_the_function() -> None:
    """Without it each request is a 500, on AWS only."""
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}/*"
    assert resources("AWS::Lambda::Permission") == {
        "HttpApiPermission": {
            "FunctionName": {
                "If": ["HasSnapStart", {"Ref": "ApiFunction.Alias"}, {"Ref": "ApiFunction"}]
            },
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Sub": arn},
        }
    }


def test_the_function_may_write_its_log_and_nothing_else() -> None:
    log = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "${FunctionLog.Arn}",
    }
    traces = {
        "Effect": "Allow",
        "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        "Resource": "*",
    }
    for tracing, allowed in (("false", [log]), ("true", [log, traces])):
        role = Stack(Tracing=tracing).resources["FunctionRole"]
        statements = [s for p in role["Policies"] for s in p["PolicyDocument"]["Statement"]]
        assert statements == allowed
        assert role.keys() == {"AssumeRolePolicyDocument", "Policies"}, "no managed policies"
    assert FUNCTION["Role"] == {"GetAtt": "FunctionRole.Arn"}
    assert FUNCTION.keys().isdisjoint({"Policies", "VpcConfig", "Events", "FunctionUrlConfig"})
    assert not {k for k in (v["Type"] for v in RESOURCES.values()) if "Policy" in k}


def test_the_defaults_cost_nothing_but_what_the_readme_lists() -> None:
    """A key and a secret are all that is paid for when nobody calls the API."""
    stack = Stack()
    kinds = {RESOURCES[name]["Type"].removeprefix("AWS::") for name in stack.resources}
    assert kinds == {
        *("Cognito::UserPool", "Cognito::UserPoolClient", "Cognito::UserPoolDomain"),
        *("IAM::Role", "KMS::Key", "Logs::LogGroup", "SecretsManager::Secret"),
        *("Lambda::Permission", "Serverless::Function"),
        *(f"ApiGatewayV2::{name}" for name in ("Api", "Integration", "Route", "Stage")),
    }
    pool, function = stack.resources["UserPool"], stack.resources["ApiFunction"]
    assert pool["UserPoolTier"] == "ESSENTIALS"
    assert pool.keys().isdisjoint({"UserPoolAddOns", "SmsConfiguration", "EmailConfiguration"})
    assert "SnapStart" not in function
    assert function["Tracing"] == "PassThrough"
    assert function["Environment"]["Variables"]["METRICS_NAMESPACE"] == ""


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
        recovery = Stack().resources["UserPool"]["AccountRecoverySetting"]["RecoveryMechanisms"]
        assert recovery == [{"Name": "verified_email", "Priority": 1}]

    def test_wants_strong_passwords(self) -> None:
        policy = POOL["Policies"]["PasswordPolicy"]
        assert policy["MinimumLength"] >= 12
        for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"):
            assert policy[f"Require{kind}"] is True

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
        client = Stack(CustomAuth="true").resources["UserPoolClient"]
        flows = {"USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"}
        assert set(client["ExplicitAuthFlows"]) == {f"ALLOW_{flow}" for flow in flows}
        assert CLIENT["EnablePropagateAdditionalUserContextData"] is True
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
        assert set(DEFAULT_CLIENT["WriteAttributes"]) == mapped | set(WRITABLE_ATTRIBUTES)

    def test_may_read_what_it_writes(self) -> None:
        verified = {"email_verified", "phone_number_verified"}
        written = set(DEFAULT_CLIENT["WriteAttributes"])
        assert set(DEFAULT_CLIENT["ReadAttributes"]) == written | verified

    @pytest.mark.parametrize(
        ("parameters", "more"),
        [
            ({}, ["phone_number", "address", "custom:role"]),
            ({"WritableAttributes": ""}, []),
            ({"WritableAttributes": "nickname,zoneinfo"}, ["nickname", "zoneinfo"]),
        ],
    )
    def test_lets_users_write_what_the_api_does(
        self, parameters: dict[str, str], more: list[str]
    ) -> None:
        """And nothing else: with an access token they can ask Cognito themselves."""
        resources = Stack(**parameters).resources
        function = resources["ApiFunction"]["Environment"]["Variables"]
        names = ["name", "given_name", "family_name", *more]
        settings = Settings.from_env(
            {**EXAMPLE, "WRITABLE_ATTRIBUTES": function["WRITABLE_ATTRIBUTES"]}
        )
        assert list(settings.writable_attributes) == names
        assert resources["UserPoolClient"]["WriteAttributes"] == ["email", *names]
        assert set(names) < set(resources["UserPoolClient"]["ReadAttributes"])

    def test_asks_for_custom_attributes_that_the_pool_has(self) -> None:
        custom = {f"custom:{a['Name']}" for a in POOL["Schema"] if a["Name"] != "email"}
        assert {a for a in DEFAULT_CLIENT["ReadAttributes"] if a.startswith("custom:")} == custom
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
        rule = TEMPLATE["Rules"]["GoogleNeedsItsSecret"]
        assert rule["RuleCondition"] == TEMPLATE["Conditions"]["HasGoogle"]
        (assertion,) = rule["Assertions"]
        assert assertion["Assert"] == {"Not": [{"Equals": [{"Ref": "GoogleClientSecret"}, ""]}]}

    def test_redirects_to_the_very_url_that_the_api_names(self) -> None:
        assert CLIENT["CallbackURLs"] == [VARIABLES["COGNITO_REDIRECT_URI"]]
        url, values = CLIENT["CallbackURLs"][0]["Sub"]
        assert url == f"${{Url}}{CALLBACK}"
        assert values["Url"] == TEMPLATE["Outputs"]["ApiUrl"]["Value"]

    @pytest.mark.parametrize(
        ("parameters", "urls"),
        [
            ({}, ["https://${HttpApi}.execute-api.us-east-1.amazonaws.com/"]),
            ({"PublicUrl": "https://auth.example.com"}, ["https://auth.example.com/"]),
            (
                {
                    "PublicUrl": "https://a.example",
                    "SignOutUrls": "https://b.example/,https://c.x/d",
                },
                ["https://a.example/", "https://b.example/", "https://c.x/d"],
            ),
        ],
    )
    def test_signs_out_to_the_root_of_the_api_and_to_what_is_listed(
        self, parameters: dict[str, str], urls: list[str]
    ) -> None:
        assert Stack(**parameters).resources["UserPoolClient"]["LogoutURLs"] == urls


# Whatever changes what Cognito makes of the pool, each with a value that switches it on.
FACTORS = {
    "Mfa": ("OFF", "OPTIONAL", "ON"),
    **{f"Mfa{name}": ("true", "false") for name in ("Totp", "Email", "Sms")},
    **dict.fromkeys(("EmailCodes", "Passkeys"), ("true", "false")),
    "SesIdentityArn": ("", "arn:aws:ses:us-east-1:123456789012:identity/example.com"),
    "ThreatProtection": ("OFF", "AUDIT", "ENFORCED"),
}
CHOICES = [
    dict(zip(FACTORS, values, strict=True)) for values in itertools.product(*FACTORS.values())
]


def cognito_refuses(pool: dict[str, Any]) -> str | None:
    """Say why CreateUserPool or SetUserPoolMfaConfig would refuse the pool, if they would."""
    first = set(pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"])
    second, mfa = set(pool.get("EnabledMfas", [])), pool["MfaConfiguration"]
    if mfa == "ON" and first & {"EMAIL_OTP", "SMS_OTP"}:
        return "Only PASSWORD and WEB_AUTHN can be an auth factor if MFA is enabled"
    if mfa == "ON" and "WEB_AUTHN" in first and pool["WebAuthnFactorConfiguration"] != MULTI:
        return "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required"
    if (mfa == "OFF") == bool(second):
        return "MFA without a factor, or a factor without MFA"
    if "EMAIL_OTP" in second and "EmailConfiguration" not in pool:
        return "Codes by email as a second factor need a sender in SES"
    if "EMAIL_OTP" in second and len(pool["AccountRecoverySetting"]["RecoveryMechanisms"]) < 2:
        return "Codes by email as a second factor need another way to recover an account"
    if "SMS_MFA" in second and "SmsConfiguration" not in pool:
        return "Texts need a role"
    if "UserPoolAddOns" in pool and pool["UserPoolTier"] != "PLUS":
        return "Threat protection needs the Plus plan"
    return None


MULTI = "MULTI_FACTOR_WITH_USER_VERIFICATION"


class TestChoices:
    """What cannot be deployed is refused before anything is made."""

    def test_cognito_takes_every_pool_that_can_be_asked_for(self) -> None:
        stacks = [Stack(**choice) for choice in CHOICES]
        taken = [stack for stack in stacks if not stack.refusals()]
        refused = [cognito_refuses(stack.resources["UserPool"]) for stack in taken]
        assert len(taken) > len(stacks) / 3
        assert set(refused) == {None}

    @pytest.mark.parametrize(
        "rule", ["MfaNeedsAFactor", "MfaEmailNeedsSes", "RequiredMfaTakesNoEmailCodes"]
    )
    def test_none_of_the_rules_is_for_nothing(self, rule: str) -> None:
        stacks = [Stack(**choice) for choice in CHOICES]
        alone = [stack for stack in stacks if stack.refusals() and not stack.refusals(without=rule)]
        assert any(cognito_refuses(stack.resources["UserPool"]) for stack in alone)

    @pytest.mark.parametrize(
        ("parameters", "refusals"),
        [
            ({}, []),
            ({"Mfa": "OFF"}, []),
            ({"Mfa": "ON"}, ["RequiredMfaTakesNoEmailCodes"]),
            ({"Mfa": "ON", "EmailCodes": "false"}, []),
            ({"MfaTotp": "false"}, ["MfaNeedsAFactor"]),
            ({"MfaTotp": "false", "MfaSms": "true"}, []),
            ({"MfaEmail": "true"}, ["MfaEmailNeedsSes"]),
            ({"MailFrom": "a@example.com"}, ["MailFromNeedsSes"]),
            ({"GoogleClientId": "id"}, ["GoogleNeedsItsSecret"]),
            ({"GoogleClientId": "id", "GoogleClientSecret": "s"}, []),
            (
                dict.fromkeys(("UserPasswordAuth", "UserSrpAuth", "UserAuth"), "false"),
                ["SomeFlow"],
            ),
            ({"DisableExecuteApiEndpoint": "true"}, ["ClosingNeedsPublicUrl"]),
            (
                {"DisableExecuteApiEndpoint": "true", "PublicUrl": "https://auth.example.com"},
                [],
            ),
            ({"SnapStart": "1"}, ["SnapStartNeedsARuntime"]),
            ({"SnapStart": "1", "Runtime": "python3.12"}, []),
            ({"AlarmEmail": "ada@example.com"}, ["AlarmEmailNeedsAlarms"]),
            ({"AlarmEmail": "ada@example.com", "Alarms": "true"}, []),
        ],
        ids=str,
    )
    def test_are_checked_together(self, parameters: dict[str, str], refusals: list[str]) -> None:
        assert Stack(**parameters).refusals() == refusals

    @pytest.mark.parametrize("mfa", ["OFF", "OPTIONAL", "ON"])
    def test_a_passkey_is_as_good_as_two_factors(self, mfa: str) -> None:
        """Where there are second factors; and Cognito takes no other for users who have one."""
        pool = Stack(Mfa=mfa, EmailCodes="false").resources["UserPool"]
        assert pool["WebAuthnUserVerification"] == "required"
        assert pool["WebAuthnFactorConfiguration"] == ("SINGLE_FACTOR" if mfa == "OFF" else MULTI)

    @pytest.mark.parametrize(
        ("parameters", "domain"),
        [
            ({}, "${HttpApi}.execute-api.us-east-1.amazonaws.com"),
            ({"PublicUrl": "https://auth.example.com/v1"}, "auth.example.com"),
            ({"PublicUrl": "http://localhost:5000"}, "localhost"),
            (
                {"PublicUrl": "https://auth.example.com", "RelyingPartyId": "example.com"},
                "example.com",
            ),
        ],
    )
    def test_passkeys_are_for_the_apis_own_host(
        self, parameters: dict[str, str], domain: str
    ) -> None:
        assert Stack(**parameters).resources["UserPool"]["WebAuthnRelyingPartyID"] == domain

    @pytest.mark.parametrize(
        ("choice", "configuration"),
        [
            ("off", None),
            ("always", {"DeviceOnlyRememberedOnUserPrompt": False}),
            ("opt-in", {"DeviceOnlyRememberedOnUserPrompt": True}),
        ],
    )
    def test_devices(self, choice: str, configuration: dict[str, bool] | None) -> None:
        pool = Stack(RememberDevices=choice).resources["UserPool"]
        both = configuration and {"ChallengeRequiredOnNewDevice": True, **configuration}
        assert pool.get("DeviceConfiguration") == both

    def test_threat_protection_blocks_only_where_it_is_enforced(self) -> None:
        rules = {
            mode: Stack(ThreatProtection=mode).resources.get("ThreatProtectionRules")
            for mode in ("OFF", "AUDIT", "ENFORCED")
        }
        assert (rules["OFF"], rules["AUDIT"]) == (None, None)
        actions = rules["ENFORCED"]["AccountTakeoverRiskConfiguration"]["Actions"]
        assert actions["HighAction"]["EventAction"] == "BLOCK"

    def test_mails_go_out_by_ses(self) -> None:
        arn = FACTORS["SesIdentityArn"][1]
        pool = Stack(SesIdentityArn=arn, MailFrom="Ada <ada@example.com>").resources["UserPool"]
        assert pool["EmailConfiguration"] == {
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": arn,
            "From": "Ada <ada@example.com>",
        }

    def test_texts_go_out_by_a_role_that_only_this_pool_can_use(self) -> None:
        resources = Stack(MfaSms="true").resources
        (trust,) = resources["SmsRole"]["AssumeRolePolicyDocument"]["Statement"]
        identity = resources["UserPool"]["SmsConfiguration"]["ExternalId"]
        assert trust["Condition"]["StringEquals"] == {
            "sts:ExternalId": identity,
            "aws:SourceAccount": "123456789012",
        }

    def test_a_web_acl_and_a_group(self) -> None:
        arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/name/id"
        resources = Stack(WebAclArn=arn, AdminGroup="admins").resources
        assert resources["WebAcl"] == {"ResourceArn": "${UserPool.Arn}", "WebACLArn": arn}
        assert resources["Admins"] == {"UserPoolId": "${UserPool}", "GroupName": "admins"}

    def test_alarms_and_where_they_go(self) -> None:
        address = {"AlarmEmail": "ada@example.com"}
        for parameters, actions in (({}, []), (address, ["${AlarmTopic}"])):
            resources = Stack(Alarms="true", **parameters).resources
            alarms = [r for name, r in resources.items() if name.endswith("Alarm")]
            assert {alarm["MetricName"] for alarm in alarms} == {"5xx", "Throttles", "Duration"}
            assert [alarm["AlarmActions"] for alarm in alarms] == [actions] * 3
            assert {alarm["TreatMissingData"] for alarm in alarms} == {"notBreaching"}

    def test_a_dashboard(self) -> None:
        body = json.loads(Stack(Dashboard="true").resources["ApiDashboard"]["DashboardBody"])
        titles = [widget["properties"]["title"] for widget in body["widgets"]]
        assert len(titles) == 5
        shown = json.dumps(body)
        in_searches = re.findall(r'MetricName=\\\\?"(\w+)', shown)
        assert in_searches == ["Attempts", "UpstreamTime"]
        assert set(in_searches) <= METRICS.keys()

    def test_metrics_are_of_the_stack(self) -> None:
        function = Stack(Metrics="true").resources["ApiFunction"]
        assert function["Environment"]["Variables"]["METRICS_NAMESPACE"] == "auth-api"


class TestFunction:
    def test_gets_settings_that_the_api_knows(self) -> None:
        assert REQUIRED.keys() <= VARIABLES.keys() <= REQUIRED.keys() | OPTIONAL.keys()
        for name, value in (
            ("CORS_ORIGINS", "CorsOrigins"),
            ("RETURN_URLS", "ReturnUrls"),
            ("REFRESH_COOKIE", "RefreshCookie"),
            ("ENABLE_DOCS", "EnableDocs"),
        ):
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

    @pytest.mark.parametrize(
        ("word", "function"), [("", "${ApiFunction.Arn}"), ("1", "${ApiFunction.Alias}")]
    )
    def test_runs_a_snapshot_only_with_snapstart(self, word: str, function: str) -> None:
        """Else new settings would have to wait for new code, as they are part of a version."""
        stack = Stack(SnapStart=word, Runtime="python3.13")
        assert stack.resources["HttpApiIntegration"]["IntegrationUri"] == function
        properties = stack.resources["ApiFunction"]
        on = {"ApplyOn": "PublishedVersions"} if word else None
        assert properties.get("SnapStart") == on
        assert properties["VersionDescription"] == f"SnapStart {word}"
        permission = stack.resources["HttpApiPermission"]["FunctionName"]
        assert permission == function.replace(".Arn", "")

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
        assert integration["PayloadFormatVersion"] == "2.0"
        route = properties("HttpApiRoute")
        assert (route["RouteKey"], STAGE["StageName"]) == ("$default", "$default")
        assert route["Target"] == {"Sub": "integrations/${HttpApiIntegration}"}

    def test_leaves_cors_to_the_api(self) -> None:
        assert "CorsConfiguration" not in properties("HttpApi")

    def test_throttles_what_mails_and_what_guesses_each_for_itself(self) -> None:
        """A flood of the one must not keep anybody from the other."""
        assert STAGE["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 30
        routes = {properties(name)["RouteKey"] for name in RESOURCES["HttpApiStage"]["DependsOn"]}
        limits = STAGE["RouteSettings"]
        paths = ("signup", "resend-code", "forgot-password", "start", "login", "challenge")
        assert routes == limits.keys() == {f"POST /auth/{path}" for path in paths}
        for key, limit in limits.items():
            method, path = key.split()
            assert method.lower() in SPEC["paths"][path]
            assert limit["ThrottlingRateLimit"] < limit["ThrottlingBurstLimit"] <= 30
        targets = {
            route["Target"]["Sub"] for route in resources("AWS::ApiGatewayV2::Route").values()
        }
        assert targets == {"integrations/${HttpApiIntegration}"}

    def test_logs_nothing_that_a_caller_can_put_a_quote_in(self) -> None:
        """API Gateway escapes nothing; and the query of a Google callback holds the code."""
        line = json.loads(STAGE["AccessLogSettings"]["Format"])
        assert set(line.values()) == {
            "$context.requestTime",
            "$context.requestId",
            "$context.identity.sourceIp",
            "$context.httpMethod",
            "$context.routeKey",
            "$context.status",
            "$context.responseLatency",
            "$context.responseLength",
            "$context.error.responseType",
        }

    def test_can_be_reached_only_by_its_public_url(self) -> None:
        public = {"PublicUrl": "https://auth.example.com", "DisableExecuteApiEndpoint": "true"}
        assert Stack(**public).resources["HttpApi"]["DisableExecuteApiEndpoint"] == "true"
        assert Stack().resources["HttpApi"]["DisableExecuteApiEndpoint"] == "false"


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_docs_explain_it(name: str) -> None:
    """Each parameter has a row with its default, if that says anything by itself."""
    (row,) = re.findall(rf"^\|.*`{name}`.*\| (.+?) \|.*\|$", DOCS.partition("## What ex")[0], re.M)
    default = PARAMETERS[name]["Default"]
    assert f"`{default}`" == row if default != "" else "`" not in row.replace("`DomainPrefix`", "")


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
                "http://localhost:*,http://127.0.0.1:*",
            ],
            [
                *("*", "https://*.a.example", "https://a.example/", "a.example", "https://a,"),
                *("https://localhost:*", "http://a.example:*", "http://localhost:*/"),
            ],
        ),
        (
            "ReturnUrls",
            [
                *("", "https://a.example", "https://a.example/", "https://a.example:8/x/y"),
                *("https://a.example/*", "http://localhost:*", "http://127.0.0.1:3000/x"),
                "http://localhost:3000/*, https://a.example/*,https://b.example/",
            ],
            [
                *(
                    "*",
                    "/x",
                    "https://*.a.example/*",
                    "https://a.example/x/*",
                    "https://a.example*",
                ),
                *("http://a.example/", "https://a.example/?x", "https://a.example/#x"),
                *(
                    "https://a@b.example/",
                    "https://a.example\\b",
                    "https://a.example:*",
                    "https://a,",
                ),
            ],
        ),
        (
            "SignOutUrls",
            ["", "https://a.example/", "https://a.example/x,http://localhost:3000/"],
            [
                "https://a.example/*",
                "https://a.example/, https://b.example/",
                "a.example",
                "https://a,",
            ],
        ),
        (
            "WritableAttributes",
            ["", "nickname", "phone_number,address,custom:role"],
            [
                *("name", "email", "sub", "email_verified", "custom:other", "nick", "xnickname"),
                *("nickname, address", "nickname,", ",nickname", "nickname nickname"),
            ],
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
    for variable, value in VARIABLES.items():
        if value == {"Ref": name}:  # what the template lets pass must not stop the API
            assert [Settings.from_env({**EXAMPLE, variable: text}) for text in allowed]
    assert [text for text in allowed if not re.search(pattern, text)] == []
    assert [text for text in refused if re.search(pattern, text)] == []
