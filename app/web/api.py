"""A Flask subclass that skips work which this API does not need, per request and at its start.

What it skips is a fifth of the cost of `GET /me` (benchmarks/README.md).
"""

import json
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import MapAdapter, Rule


class Json(DefaultJSONProvider):
    """Compact JSON in insertion order, from one shared encoder."""

    compact = True
    _encoder = json.JSONEncoder(separators=(",", ":"), default=DefaultJSONProvider.default)

    def dumps(self, obj: Any, **_: Any) -> str:
        """Return a value as JSON. `json.dumps` would build an encoder each time."""
        return self._encoder.encode(obj)


class _Rule(Rule):
    """A route that compiles its URL builder only when `url_for` first needs it.

    Werkzeug compiles those of all routes at once, in 3 % of a cold start; few are ever used.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled(append_unknown)(rule, **values)

        return build


class _NoSessions(SessionInterface):
    """No sessions: all requests share one that is empty and cannot be written."""

    _empty = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return the shared session; Flask would make one for each request."""
        return self._empty


class Api(Flask):
    """A Flask app whose views and hooks are all synchronous."""

    json_provider_class = Json
    url_rule_class = _Rule
    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function unchanged: all views are sync, and asking takes 3 µs a request."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind the routes to a request without its host: no route depends on it.

        Decoding the Host header takes longer than finding the route. For this reason `url_for`
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
        adapter.whole_paths = self._whole_paths
        return adapter

    @cached_property
    def _whole_paths(self) -> dict[str, dict[str, Rule]]:
        """The routes without variables by path and method; read only once all routes are there."""
        rules: dict[str, dict[str, Rule]] = {}
        for rule in self.url_map.iter_rules():
            if not rule.arguments:
                methods = rules.setdefault(rule.rule, {})
                methods.update({name: rule for name in rule.methods or () if name not in methods})
        return rules


class _Routes(MapAdapter):
    """Routes of which one without variables answers for its path alone, for all methods.

    For a method that such a route lacks, Werkzeug takes the next route that matches the path: a
    DELETE of /passkeys/registration would reach /passkeys/<credential_id>.
    """

    whole_paths: Mapping[str, Mapping[str, Rule]]

    def match(
        self, path_info: str | None = None, method: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Find a route as Werkzeug does; raise MethodNotAllowed with the path's own methods."""
        path = self.path_info if path_info is None else path_info
        methods = self.whole_paths.get(f"/{path.lstrip('/')}")
        if methods is None:
            return super().match(path_info, method, *args, **kwargs)
        rule = methods.get((method or self.default_method).upper())
        if rule is None:
            raise MethodNotAllowed(sorted(methods))
        return (rule if kwargs.get("return_rule") else rule.endpoint), {}
