"""A boto3 client for the control operations of a server on this machine."""

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

REGION = "us-east-1"


def client(service: str, endpoint: str, access_key_id: str, secret_access_key: str) -> Any:
    """Return a client that ignores the user's AWS configuration."""
    session = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    return boto3.Session(
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        region_name=REGION,
        botocore_session=session,
    ).client(
        service,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1}, proxies={}
        ),
    )
