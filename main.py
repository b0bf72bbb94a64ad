"""The two ways to run the API: `python main.py` on this machine, `lambda_handler` on AWS Lambda."""

import sys

from app import awslambda, create_app, create_misconfigured_app, log
from app.config import Settings, SettingsError

try:
    settings = Settings.from_env()
    log.configure(settings.log_level)
    app = create_app(settings)
except SettingsError as error:
    if __name__ == "__main__":
        sys.exit(f"{error} To try the API without an AWS account: make run")
    app = create_misconfigured_app(error)  # Lambda would start a failed module over and over

lambda_handler = awslambda.make_handler(app)

if __name__ == "__main__":
    from werkzeug.serving import make_server  # not for Lambda

    # Not app.run(): whatever FLASK_DEBUG says, its debugger would run code for anyone.
    server = make_server(settings.host, settings.port, app, threaded=True)
    print(f"Serving http://{settings.host}:{settings.port} (Ctrl-C stops it)", flush=True)
    server.serve_forever()
