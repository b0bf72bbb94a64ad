"""The two ways to run the API: `python main.py` on this machine, `lambda_handler` on AWS Lambda."""

import gc
import logging
import sys

gc.disable()  # imports leave hardly any garbage; looking for it takes 8 % of a cold start

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
    # Lambda, and gunicorn too, would start a failed module over and over.
    logs.configure("INFO")
    logging.getLogger(__name__).error("%s", error)
    app = create_misconfigured_app(error)

lambda_handler = awslambda.make_handler(app)
gc.freeze()  # later collections skip what is loaded by now, none of which ever dies
gc.enable()

if __name__ == "__main__":
    from app import server  # not for Lambda

    server.serve(app, settings.host, settings.port)
