"""Cognito Auth API: every Cognito authentication flow over plain REST."""

from flask import Flask

from app import errors, headers, inputs, logs, services
from app.api import Api
from app.config import Settings, SettingsError
from app.routes import (
    account,
    auth,
    devices,
    docs,
    google,
    health,
    mfa,
    passkeys,
    profile,
    sessions,
    totp,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; raise SettingsError when the environment does not describe one."""
    settings = settings or Settings.from_env()
    app = Api(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = inputs.MAX_BODY_BYTES
    app.url_map.merge_slashes = False  # a redirect to the tidy URL would be built from Host

    logs.init_app(app, settings)
    errors.init_app(app)
    headers.init_app(app, settings.cors_origins)
    inputs.init_app(app)
    services.init_app(app, settings)

    for module in (auth, account, profile, google, mfa, totp, passkeys, devices, sessions, health):
        app.register_blueprint(module.bp)
    if settings.enable_docs:
        app.register_blueprint(docs.bp)
    return app


def create_misconfigured_app(problem: SettingsError) -> Flask:
    """Build an app that only says that it cannot work: for servers that would restart for ever."""
    app = Api(__name__, static_folder=None)
    errors.init_app(app)
    headers.init_app(app, cors_origins=())
    health.init_app(app, problem)
    return app
