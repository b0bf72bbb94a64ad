"""A Flask subclass that skips per-request work which this API does not need.

Together that saves a fifth of what `GET /me` costs (benchmarks/README.md).
"""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import MapAdapter


class Json(DefaultJSONProvider):
    """Compact JSON in insertion order, from one shared encoder."""

    compact = True
    _encoder = json.JSONEncoder(separators=(",", ":"), default=DefaultJSONProvider.default)

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write a value as JSON; with options, `json.dumps` would build an encoder each time."""
        return self._encoder.encode(obj)


class Api(Flask):
    """A Flask app whose views and hooks are all synchronous."""

    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged: all views are sync, and asking takes 3 µs a request."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind the routes to a request without its host, on which no route depends.

        Decoding the Host header takes longer than finding the route. As a consequence `url_for`
        returns paths; code that needs the host reads `request.host`.
        """
        if request is None:
            return super().create_url_adapter(None)
        adapter = _Routes(
            self.url_map,
            server_name="",
            script_name=request.root_path,
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
        )
        adapter.methods_by_path = self._methods_by_path
        return adapter

    @cached_property
    def _methods_by_path(self) -> dict[str, set[str]]:
        """The methods of each path without variables; read first after all routes are there."""
        methods: dict[str, set[str]] = {}
        for rule in self.url_map.iter_rules():
            if not rule.arguments:
                methods.setdefault(rule.rule, set()).update(rule.methods or ())
        return methods


class _Routes(MapAdapter):
    """The routes, where a path that a rule names in full is never taken for one with a variable.

    Werkzeug does so for a method that the rule lacks: it would offer the DELETE of
    /passkeys/<credential_id> at /passkeys/registration.
    """

    methods_by_path: Mapping[str, set[str]]

    def match(
        self, path_info: str | None = None, method: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Find a route as Werkzeug does; raise MethodNotAllowed with the path's own methods."""
        path = self.path_info if path_info is None else path_info
        methods = self.methods_by_path.get(f"/{path.lstrip('/')}")
        if methods and (method or self.default_method).upper() not in methods:
            raise MethodNotAllowed(sorted(methods))
        return super().match(path_info, method, *args, **kwargs)
