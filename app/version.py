"""The version of this API, which the docs, /health and the User-Agent name."""

VERSION = "0.1.0"
