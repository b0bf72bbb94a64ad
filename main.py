"""The two ways to run the API: `python main.py` on this machine, `lambda_handler` on AWS Lambda."""

import gc
import sys

gc.disable()  # imports leave no garbage, and looking for it takes a tenth of a cold start

from app import awslambda, create_app, create_misconfigured_app, log  # noqa: E402
from app.config import Settings, SettingsError  # noqa: E402

try:
    settings = Settings.from_env()
    log.configure(settings.log_level)
    app = create_app(settings)
except SettingsError as error:
    if __name__ == "__main__":
        sys.exit(f"{error} To try the API without an AWS account: make run")
    app = create_misconfigured_app(error)  # Lambda would start a failed module over and over

lambda_handler = awslambda.make_handler(app)
gc.freeze()  # what is here stays, and requests need not wait while it is looked through
gc.enable()

if __name__ == "__main__":
    from werkzeug.serving import make_server  # not for Lambda

    # Not app.run(): whatever FLASK_DEBUG says, its debugger would run code for anyone.
    server = make_server(settings.host, settings.port, app, threaded=True)
    print(f"Serving http://{settings.host}:{settings.port} (Ctrl-C stops it)", flush=True)
    server.serve_forever()
