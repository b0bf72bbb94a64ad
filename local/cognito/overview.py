"""The page at `/`: every message, user and setting, for learning and debugging.

No other web page can read it: it answers without CORS headers, and the host check keeps out names
that were made to point here.
"""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Flask, render_template

from local.cognito.records import (
    Client,
    Device,
    Domain,
    Group,
    IdentityProvider,
    Message,
    Passkey,
    Pool,
    User,
)
from local.cognito.server import Server

MESSAGES_SHOWN = 50


def init_app(app: Flask, server: Server) -> None:
    """Serve the page."""
    app.add_template_filter(_time, "time")

    @app.get("/")
    def overview() -> str:
        pools = [_shown(server, pool) for pool in server.store.all(Pool)]
        return render_template("overview.html", pools=pools)


def _shown(server: Server, pool: Pool) -> dict[str, Any]:
    """Return what the template shows of a pool; secrets and password verifiers are left out."""
    store = server.store
    users = [
        {
            "username": user.username,
            "status": user.status,
            "enabled": user.enabled,
            "attributes": user.attributes,
            "groups": user.groups,
            "mfa_enabled": user.mfa_enabled,
            "passkeys": len(store.all(Passkey, user.key)),
            "devices": len(store.all(Device, user.key)),
        }
        for user in store.all(User, pool.id)
    ]
    documents = [
        ("The pool", pool.settings),
        ("Second factors and passkeys", pool.mfa),
        ("Sessions", pool.session_configuration),
        *((f"App client {client.id}", client.settings) for client in store.all(Client, pool.id)),
        *((f"Group {group.name}", group.settings) for group in store.all(Group, pool.id)),
        *((f"Domain {domain.name}", domain.settings) for domain in store.all(Domain, pool.id)),
        *(
            (f"Provider {provider.name}", {**provider.settings, "ProviderDetails": "not shown"})
            for provider in store.all(IdentityProvider, pool.id)
        ),
    ]
    return {
        "id": pool.id,
        "name": pool.settings.get("PoolName", ""),
        "messages": store.all(Message, pool.id)[: -MESSAGES_SHOWN - 1 : -1],
        "users": users,
        "documents": [(title, json.dumps(members, indent=2)) for title, members in documents],
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M:%S UTC")
