"""The service: websocket, REST, metrics and the playground page, built from settings. `serve` runs it."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from coach import logs, protocol
from coach.access import Access
from coach.answers import ErrorReply, HealthReply, ReviewModel, RulesReply
from coach.classify import check_weights
from coach.metrics import Metrics
from coach.pipeline import Coach, warm_coach
from coach.protocol import Limits
from coach.session import Greeting, Session
from coach.settings import Settings, load_settings
from coach.stream import Desk, Stream
from coach.types import LANGUAGES, Language
from coach.web import ApiError, Guard, Json, add_wire_models, error_reply, handle_errors, read_body, version
from coach.worker import Worker

if TYPE_CHECKING:
    from coach.records.keeper import Keeper
    from coach.records.store import Store

MOST_HEADER_BYTES = 64 * 1024
SWITCH_SECONDS = 0.0005
PLAYGROUND = Path(__file__).resolve().parent / "playground"
REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": ErrorReply}, 403: {"model": ErrorReply}}
INVALID: dict[int | str, dict[str, Any]] = {code: {"model": ErrorReply} for code in (400, 413, 422)}
LINT_BODY = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LintRequest"}}}}


def create_app(
    settings: Settings | None = None, coach: Coach | None = None, worker: Worker | None = None, store: Store | None = None
) -> FastAPI:
    """Build the service; with a `worker`, full reviews come from its process; case records go into `store`, or into the one that the
    settings name. Raises `SettingsError`, `RuleError`, `ClassifierError` and `RecordsError` for settings, rule packs, weights and a
    database that are not right."""
    settings = settings or load_settings()
    coach = coach or warm_coach(settings.rules, settings.classifier, worker is None)
    rules = {language: [protocol.rule_to_wire(rule) for rule in coach.rules(language)] for language in LANGUAGES}
    ids = frozenset(rule["id"] for listed in rules.values() for rule in listed)
    access = Access(settings.origins, [key.get_secret_value() for key in settings.keys])
    desk = Desk(coach, Metrics(ids), ThreadPoolExecutor(1, "reading"), worker)
    app = FastAPI(title="Reply Coach", version=version(), docs_url=None, redoc_url=None)
    app.add_middleware(Guard, access=access)
    handle_errors(app, desk.metrics)
    _add_rest(app, desk, access, settings.limits, rules)
    _add_records(app, desk, access, settings, store)
    _add_stream(app, desk, access, settings)
    if settings.metrics:
        _add_metrics(app, desk.metrics, access)
    _add_pages(app, ids)
    plain = app.openapi
    app.openapi = lambda: add_wire_models(plain(), getattr(app.state, "bodies", {}))  # type: ignore[method-assign]
    return app


def server(settings: Settings, worker: Worker | None = None, store: Store | None = None) -> uvicorn.Server:
    """A server of the service, ready to run. With h11, as httptools takes headers of any size."""
    config = uvicorn.Config(
        create_app(settings, worker=worker, store=store),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="h11",
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        ws="websockets-sansio",
        ws_max_size=max(4 * settings.message_bytes, 4 * 1024**2),
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
    )
    return _Server(config)


def serve(settings: Settings) -> None:
    """Run the service until it is told to stop (SIGINT, SIGTERM)."""
    logs.configure(settings.log_level)
    if settings.host not in ("127.0.0.1", "::1", "localhost") and not settings.keys:
        logs.event("open_to_the_network", logging.WARNING, host=settings.host, advice="set COACH_KEYS")
    keeper, store = None, open_store(settings)
    worker = _worker(settings)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # uvicorn raises it again at its end: close the worker first
    try:
        running = server(settings, worker, store)
        keeper = _keeper(settings, store)
        if worker is not None:
            worker.ready()
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.collect()
        gc.freeze()
        running.run()
    finally:
        if keeper is not None:
            keeper.stop()
        if store is not None:
            store.close()
        if worker is not None:
            worker.close()


class _Server(uvicorn.Server):
    """Says where it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in self.servers:
            for bound in listening.sockets:
                host, port = bound.getsockname()[:2]
                logs.event("listening", url=f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def _worker(settings: Settings) -> Worker | None:
    """The process for full reviews, as it starts; None where there is no classifier, or where none is wanted."""
    if check_weights(settings.classifier) is None:
        logs.event("no_classifier", logging.WARNING, advice="reviews come from the rules alone")
        return None
    return Worker(settings.rules, settings.classifier, settings.workers) if settings.workers else None


def _add_rest(app: FastAPI, desk: Desk, access: Access, limits: Limits, rules: dict[Language, list[protocol.Wire]]) -> None:
    def key(request: Request) -> None:
        if not access.lets_in(request.headers):
            raise ApiError(401, "unauthorized", "send a valid key as `Authorization: Bearer KEY` or `X-API-Key: KEY`")

    def own(request: Request) -> None:
        if access.foreign(request.headers):
            raise ApiError(403, "bad_origin", "pages of this origin may not use this service")

    @app.post(
        "/v1/lint",
        summary="Review a draft",
        dependencies=[Depends(own), Depends(key)],
        response_model=ReviewModel,
        responses=REFUSED | INVALID,
        openapi_extra={"requestBody": LINT_BODY},
    )
    async def lint(request: Request) -> Response:
        since = desk.clock()
        draft = protocol.to_draft(protocol.parse_lint(await read_body(request, limits.message_bytes), limits), limits)
        fresh = len(draft.text) + sum(len(turn.text) for turn in draft.conversation)
        review = await desk.review(draft, fresh, "rest", since)
        return Json(protocol.to_wire(review, draft))

    @app.get(
        "/v1/rules",
        summary="What the rules tell about themselves",
        dependencies=[Depends(key)],
        response_model=RulesReply,
        responses=REFUSED | {422: {"model": ErrorReply}},
    )
    async def list_rules(language: Language | None = None) -> Response:
        return Json({"rules": [rule for one in LANGUAGES if language in (None, one) for rule in rules[one]]})

    @app.get("/v1/schema", summary="JSON Schema of the websocket's messages")
    async def schema() -> dict[str, Any]:
        return protocol.schema()

    @app.get("/healthz", summary="Whether the service is up", response_model=HealthReply)
    async def health() -> Response:
        return Json({"status": "ok", "version": version()})


class RecordsError(ValueError):
    """The store of case records cannot be opened."""


def open_store(settings: Settings) -> Store | None:
    """The store of case records that the settings name, ready; None where they are off. Raises `RecordsError`."""
    if not settings.stores_records or settings.records_secret is None:
        return None
    try:
        from coach.records.engine import StoreError, default_url
        from coach.records.store import Store

        return Store.open(default_url() if settings.records == "on" else settings.records, settings.records_secret.get_secret_value())
    except ImportError:
        raise RecordsError("the libraries for case records are not installed; install reply-coach[records]") from None
    except StoreError as error:
        raise RecordsError(str(error)) from None


def _keeper(settings: Settings, store: Store | None) -> Keeper | None:
    """What purges old records and tells of follow-ups, running; None where records are off."""
    if store is None:
        return None
    from coach.records.keeper import Keeper
    from coach.records.webhook import Webhook

    signing = settings.records_webhook_secret
    webhook = Webhook(settings.records_webhook, signing.get_secret_value()) if settings.records_webhook and signing else None
    keeper = Keeper(store, settings.records_days, webhook)
    keeper.start()
    logs.event("records_on", days=settings.records_days, webhook=webhook is not None)
    return keeper


def _add_records(app: FastAPI, desk: Desk, access: Access, settings: Settings, store: Store | None) -> None:
    store = store or open_store(settings)
    if store is not None:
        from coach.record_routes import add_record_routes

        add_record_routes(app, desk, access, settings, store)
        return

    @app.api_route("/v1/records", methods=["GET", "POST", "DELETE"], include_in_schema=False)
    @app.api_route("/v1/records/{rest:path}", methods=["GET", "POST", "PATCH", "DELETE"], include_in_schema=False)
    async def off() -> Response:
        raise ApiError(403, "records_off", "case records are switched off here; set COACH_RECORDS to store them")


def _add_metrics(app: FastAPI, metrics: Metrics, access: Access) -> None:
    @app.get("/metrics", summary="Figures for Prometheus", response_class=Response, responses=REFUSED)
    async def figures(request: Request) -> Response:
        if not access.lets_in(request.headers):
            raise ApiError(401, "unauthorized", "send a valid key as `Authorization: Bearer KEY`")
        return Response(metrics.text(), media_type=metrics.content_type)


def _add_stream(app: FastAPI, desk: Desk, access: Access, settings: Settings) -> None:
    greeting = Greeting(version(), desk.classified, settings.stores_records)
    limits, gauge = settings.limits, desk.metrics.connections
    open_now = 0

    @app.websocket("/v1/stream")
    async def stream(websocket: WebSocket) -> None:
        nonlocal open_now
        if access.foreign(websocket.headers):
            await _refuse(websocket, ApiError(403, "bad_origin", "pages of this origin may not use this service"))
        elif access.key_in(websocket.headers) is not None and not access.lets_in(websocket.headers):
            await _refuse(websocket, ApiError(401, "unauthorized", "this key is not valid"))
        elif open_now >= settings.connections:
            await _refuse(websocket, ApiError(503, "full", "too many connections; try again later"))
        else:
            await websocket.accept()
            open_now += 1
            gauge.set(open_now)
            desk.metrics.opened.inc()
            try:
                authorise = None if access.lets_in(websocket.headers) else access.knows
                await Stream(websocket, Session(desk.clock(), limits, greeting, authorise), desk).run()
            except Exception as error:
                logs.failure("connection_failed", error)
            finally:
                open_now -= 1
                gauge.set(open_now)

    async def _refuse(websocket: WebSocket, error: ApiError) -> None:
        desk.metrics.errors.labels("stream", error.code).inc()
        logs.event("connection_refused", code=error.code)
        await websocket.send_denial_response(error_reply(error))


def _add_pages(app: FastAPI, rules: frozenset[str]) -> None:
    app.mount("/playground", StaticFiles(directory=PLAYGROUND, check_dir=False), name="playground")

    def file(name: str, status: int = 200) -> Response:
        if not (PLAYGROUND / name).is_file():
            raise ApiError(404, "not_found", "the playground is not installed")
        return FileResponse(PLAYGROUND / name, status)

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        return file("index.html")

    @app.api_route("/rules/{rule}", methods=["GET", "HEAD"], include_in_schema=False)
    @app.api_route("/rules/", methods=["GET", "HEAD"], include_in_schema=False)
    async def rule_page(rule: str = "") -> Response:
        return file("rule.html", 200 if rule in rules or not rule else 404)
