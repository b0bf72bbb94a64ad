"""Cognito Auth API: every Cognito authentication flow over plain REST."""

import logging

from flask import Flask
from werkzeug.utils import import_string

from app import services
from app.routes import health
from app.settings import WEAK_KEY, Settings, SettingsError, is_weak
from app.web import attempt_log, error_handlers, headers, inputs, proxies, refresh_cookie
from app.web.api import Api

# The blueprints, by their modules in app/routes.
BLUEPRINTS = (
    "account",
    "auth",
    "devices",
    "docs",
    "health",
    "hosted",
    "mfa",
    "page",
    "passkeys",
    "profile",
    "sessions",
    "totp",
)
PAGES = {"docs", "page"}  # registered only with ENABLE_DOCS


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; raise SettingsError when the environment does not describe one."""
    settings = settings or Settings.from_env()
    app = Api(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = inputs.MAX_BODY_BYTES
    app.url_map.merge_slashes = False  # its redirects are built from the Host header

    attempt_log.init_app(app, settings)
    error_handlers.init_app(app)
    headers.init_app(app, settings.cors_origins, allow_credentials=settings.refresh_cookie)
    proxies.init_app(app, settings.trusted_proxies)
    inputs.init_app(app)
    services.init_app(app, settings)
    if settings.refresh_cookie:
        refresh_cookie.init_app(app)

    for name in BLUEPRINTS:
        if name not in PAGES or settings.enable_docs:
            app.register_blueprint(import_string(f"app.routes.{name}:bp"))
    if is_weak(settings.secret_key):
        logging.getLogger(__name__).warning(WEAK_KEY)
    return app


def create_misconfigured_app(problem: SettingsError) -> Flask:
    """Build an app that reports its settings as wrong, so that the server need not restart it."""
    app = Api(__name__, static_folder=None)
    error_handlers.init_app(app)
    headers.init_app(app, cors_origins=(), allow_credentials=False)
    health.init_app(app, problem)
    return app
