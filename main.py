"""The two ways to run the API: `python main.py` on this machine, `lambda_handler` on AWS Lambda."""

import gc
import logging
import sys

gc.disable()  # collecting during imports frees almost nothing and costs 8 % of a cold start

from app import awslambda, create_app, create_misconfigured_app, logs  # noqa: E402
from app.settings import Settings, SettingsError, load_dotenv_file  # noqa: E402

try:
    if __name__ == "__main__":
        load_dotenv_file()
    settings = Settings.from_env()
    logs.configure(settings.log_level)
    app = create_app(settings)
except SettingsError as error:
    if __name__ == "__main__":
        sys.exit(f"{error} To try the API without an AWS account: make run")
    # If this module raised, Lambda and gunicorn would import it again and again.
    logs.configure("INFO")
    logging.getLogger(__name__).error("%s", error)
    app = create_misconfigured_app(error)

lambda_handler = awslambda.make_handler(app)
gc.freeze()  # keep later collections from scanning what never dies
gc.enable()

if __name__ == "__main__":
    from app import server  # here, because Lambda does not need it

    server.serve(app, settings.host, settings.port)
