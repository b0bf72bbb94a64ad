"""The version of the API, as its docs, /health and its requests to Cognito say it."""

VERSION = "1.0.0"
