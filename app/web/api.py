"""Flask, less the work that it does in every request for apps unlike this one."""

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import MapAdapter


class Json(DefaultJSONProvider):
    """Flask's JSON, compact, in the order of its making, by an encoder that is built once."""

    compact = True
    _encoder = json.JSONEncoder(separators=(",", ":"), default=DefaultJSONProvider.default)

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write a value as JSON; the options of `json.dumps` would each time build an encoder."""
        return self._encoder.encode(obj)


class Api(Flask):
    """A Flask app whose views and hooks are all synchronous."""

    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is: finding out that it is not async takes as long as one."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind the routes to a request but for its host, on which no route depends.

        Host is whatever the client says, and decoding it takes longer than finding the route.
        So `url_for` makes paths, and whoever needs the host asks the request for it.
        """
        if request is None:
            return super().create_url_adapter(None)
        return MapAdapter(
            self.url_map,
            server_name="",
            script_name=request.root_path,
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
        )
