"""The apps that `peers` compares with: two libraries that protect a route, and two empty apps."""

import os
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi_cognito import CognitoAuth as FastAPICognito
from fastapi_cognito import CognitoSettings, CognitoToken
from flask import Flask
from flask_cognito_lib import CognitoAuth
from flask_cognito_lib.config import Config
from flask_cognito_lib.decorators import auth_required

CLAIMS = {"sub": "a1b2c3d4-5678-4abc-8def-0123456789ab", "token_use": "access"}


def keys_url() -> str:
    """Return the URL of the stub's key set."""
    endpoint = os.environ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"]
    return f"{endpoint}/{os.environ['USER_POOL_ID']}/.well-known/jwks.json"


def empty_flask() -> Flask:
    """Make an app with nothing to protect."""
    app = Flask("empty")
    app.get("/me", endpoint="me")(lambda: CLAIMS)
    app.get("/health", endpoint="health")(lambda: CLAIMS)
    return app


def flask_cognito_lib() -> Flask:
    """Make an app whose route takes the token from flask-cognito-lib's cookie."""

    class StubConfig(Config):
        @property
        def jwk_endpoint(self) -> str:
            return keys_url()

    app = Flask("flask-cognito-lib")
    app.config["SECRET_KEY"] = os.environ["FLASK_SECRET_KEY"]
    app.config["AWS_REGION"] = os.environ["COGNITO_REGION"]
    app.config["AWS_COGNITO_USER_POOL_ID"] = os.environ["USER_POOL_ID"]
    app.config["AWS_COGNITO_USER_POOL_CLIENT_ID"] = os.environ["CLIENT_ID"]
    app.config["AWS_COGNITO_DOMAIN"] = os.environ["COGNITO_DOMAIN"]
    CognitoAuth(app, cfg=StubConfig())
    app.get("/me", endpoint="me")(auth_required()(lambda: CLAIMS))
    app.get("/health", endpoint="health")(lambda: CLAIMS)
    return app


def empty_fastapi() -> FastAPI:
    """Make an app with nothing to protect."""
    app = FastAPI()

    @app.get("/me")
    @app.get("/health")
    async def me() -> dict[str, Any]:
        return CLAIMS

    return app


def fastapi_cognito() -> FastAPI:
    """Make an app whose route answers with the claims that fastapi-cognito verified."""
    pool = {
        "region": os.environ["COGNITO_REGION"],
        "userpool_id": os.environ["USER_POOL_ID"],
        "app_client_id": os.environ["CLIENT_ID"],
        "jwks_url": keys_url(),
    }
    cognito = FastAPICognito(
        settings=CognitoSettings(
            check_expiration=True,
            jwt_header_name="Authorization",
            jwt_header_prefix="Bearer",
            userpools={"eu": pool},
        ),
        userpool_name="eu",
    )
    app = FastAPI()

    @app.get("/me")
    async def me(token: Annotated[CognitoToken, Depends(cognito.auth_required)]) -> CognitoToken:
        return token

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return CLAIMS

    return app
