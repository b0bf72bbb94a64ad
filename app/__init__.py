"""Cognito Auth API: every Cognito authentication flow over plain REST."""

from flask import Flask

from app import errors, headers, inputs, log, services
from app.config import Settings
from app.routes import auth, docs, google, profile


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; raise SettingsError when the environment does not describe one."""
    settings = settings or Settings.from_env()
    app = Flask(__name__, static_folder=None)
    app.secret_key = settings.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(settings.secret_key_fallbacks)
    app.config["MAX_CONTENT_LENGTH"] = inputs.MAX_BODY_BYTES
    app.url_map.merge_slashes = False  # a redirect to the tidy URL would be built from Host
    app.json.sort_keys = False  # type: ignore[attr-defined]

    log.init_app(app, settings)
    errors.init_app(app)
    headers.init_app(app, settings)
    services.init_app(app, settings)

    app.register_blueprint(auth.bp)
    app.register_blueprint(profile.bp)
    app.register_blueprint(google.bp)
    if settings.enable_docs:
        app.register_blueprint(docs.bp)
    return app
