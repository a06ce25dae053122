"""Wires the rooms; reading starts here.

`app` is what the HTTP workers run: /fhir is the FHIR service, /audit the provable log, /health says whether all is ready,
the rest are pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from kedja import portals
from kedja.access.rules import deploy, standard
from kedja.audit.keys import signing_key
from kedja.config import Config, load
from kedja.gate import Door
from kedja.gate.audit import Notary, sealing
from kedja.gate.definitions import kept
from kedja.gate.erasure import erasing
from kedja.gate.innovation_notices import mailing
from kedja.gate.late import watching
from kedja.gate.nightly import nights
from kedja.gate.reindex import indexing
from kedja.http import audit, cds, extract
from kedja.http.ask import ask, listing
from kedja.http.edge import Application
from kedja.http.fhir import Service
from kedja.http.health import health
from kedja.signin.oidc import settings
from kedja.signin.oidc.metadata import Metadata
from kedja.signin.oidc.provider import Provider
from kedja.signin.secret import signing_secret
from kedja.store.pool import connect


def create_app(config: Config) -> Application:
    """The whole application over the store that `config` names."""
    if config.law:
        deploy(Path(config.law))
    standard()  # a law that is wrong stops the start, not the first request
    sign_in = settings.read(config.sign_in)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        store = await connect(config.database_url, size=config.connections)
        app.state.door = Door(store, client_ids=config.client_ids)
        try:
            door = app.state.door
            async with (
                kept(door, config.database_url),
                indexing(door, f"{config.base_url}/fhir"),
                sealing(door, app.state.notary),
                nights(door, app.state.notary),
                erasing(door),
                watching(door),
                mailing(door, config.base_url, config.smtp, config.smtp_from),
            ):
                yield
        finally:
            await store.close()

    app = Application(
        routes=[
            Route("/fhir/{path:whole}", Service()),  # routes are tried in order, and this one is the busiest
            Route("/fhir", Service()),
            Route("/health", health),
            Route("/ask", listing),
            Route("/ask/{name}", ask),
            *audit.routes,
            *extract.routes,
            *cds.routes,
            *portals.routes,
        ],
        lifespan=lifespan,
    )
    app.state.config = config
    app.state.notary = Notary(signing_key(config.home), config.home)
    app.state.sign_in = sign_in
    app.state.providers = {
        each.name: Provider(each, Metadata(each.issuer), sign_in.claims, f"{config.base_url}/sign-in/back/{each.name}")
        for each in sign_in.providers
    }
    app.state.secret = signing_secret(config.home, demo=config.demo)
    return app


def app() -> Application:
    """A factory for the HTTP server's workers: the settings are in the environment."""
    return create_app(load())
