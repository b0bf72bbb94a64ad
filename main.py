"""The two ways to run the API: `python main.py` on this machine, `lambda_handler` on AWS Lambda."""

import sys

from werkzeug.serving import WSGIRequestHandler

from app import awslambda, create_app
from app.config import Settings, SettingsError


class RequestHandler(WSGIRequestHandler):
    """Werkzeug's, but for the access log: the query of a Google callback holds the code."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log method and path, without the query."""
        path = self.path.partition("?")[0] if hasattr(self, "path") else ""
        self.log("info", '"%s %r" %s', self.command or "-", path, code)


if __name__ == "__main__":
    try:
        settings = Settings.from_env()
        app = create_app(settings)
    except SettingsError as error:
        sys.exit(f"{error} To try the API without an AWS account: make run")
    # Whatever FLASK_DEBUG says: Werkzeug's debugger runs code for whoever reaches it.
    app.run(
        settings.host, settings.port, debug=False, load_dotenv=False, request_handler=RequestHandler
    )
else:
    app = create_app()
    lambda_handler = awslambda.make_handler(app)
