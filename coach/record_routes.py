"""REST of the case records. Composing runs where full reviews do, masking and the database in threads of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BeforeValidator, TypeAdapter
from pydantic.json_schema import models_json_schema
from starlette.convertors import Convertor, register_url_convertor

from coach import logs
from coach.access import Access
from coach.answers import ErrorReply
from coach.messages import Time
from coach.protocol import parse_as, to_turns
from coach.records.case import Edits
from coach.records.engine import StoreError
from coach.records.ics import calendar
from coach.records.masking import Mask
from coach.records.messages import DeletedReply, DueReply, EditsModel, PreviewReply, RecordRequest, RecordsReply, StoredModel
from coach.records.sheet import Prepared, page_values, place_from, prepare, prepared_values, stored_values
from coach.records.store import Store, Stored, utc_now
from coach.settings import Settings
from coach.stream import Desk
from coach.web import ApiError, Json, read_body

SOON, SHOWN, WIDEST = timedelta(days=7), timedelta(days=90), timedelta(days=400)
THREADS = 4
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Customer = Annotated[str, Query(min_length=1, max_length=500, pattern=r"\S")]
Answer = TypeVar("Answer")


def _written(value: Any) -> Any:
    if isinstance(value, str) and not value[:5].strip("0123456789") == "-":
        raise ValueError("a time is needed, like 2026-03-02T09:00:00Z")
    return value


def _place(value: str) -> str:
    place_from(value)
    return value


Moment = Annotated[Time, BeforeValidator(_written)]
After = Annotated[str, AfterValidator(_place), Query(max_length=100, description="The `next` of the page before.")]
_REQUEST = TypeAdapter(RecordRequest)
_EDITS = TypeAdapter(EditsModel)

ERRORS: dict[int | str, dict[str, Any]] = {code: {"model": ErrorReply} for code in (401, 403, 422, 503)}
INVALID: dict[int | str, dict[str, Any]] = {code: {"model": ErrorReply} for code in (400, 409, 413)}
MISSING: dict[int | str, dict[str, Any]] = {404: {"model": ErrorReply}}


def _body(name: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}}


def _bodies() -> dict[str, Any]:
    """JSON Schema of the bodies, for OpenAPI."""
    _, made = models_json_schema([(RecordRequest, "validation"), (EditsModel, "validation")], ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = made["$defs"]
    return schemas


class RecordId(Convertor[str]):
    """The place of a record's id in a path: other words there, like `due`, are no ids."""

    regex = "[0-9a-f]{32}"

    def convert(self, value: str) -> str:
        """The id as it is."""
        return value

    def to_string(self, value: str) -> str:
        """The id as it is."""
        return value


class RecordDesk:
    """Takes conversations in, and asks the store without holding up anybody else."""

    def __init__(self, desk: Desk, settings: Settings, store: Store) -> None:
        self.store = store
        self._desk, self._limits, self._keep_orders = desk, settings.limits, settings.records_orders == "keep"
        self._pool = ThreadPoolExecutor(THREADS, "records")

    async def prepared(self, request: Request) -> Prepared:
        """The conversation in the body, read and masked. Raises `ApiError` and `ProtocolError`."""
        sent = parse_as(_REQUEST, await read_body(request, self._limits.message_bytes), self._limits)
        talk = sent.talk(to_turns(sent.conversation, self._limits))
        read = await self._desk.read_case(talk)
        if read is None:
            raise ApiError(409, "no_failure", "nothing went wrong in this conversation, so there is nothing to record")
        return await self.ask(prepare, read.record, read.names, talk, sent.edits.edits(), self._keep_orders)

    async def edits(self, request: Request) -> EditsModel:
        """The edits in the body. Raises `ProtocolError`."""
        return parse_as(_EDITS, await read_body(request, self._limits.message_bytes), self._limits)

    def edit(self, id: str, edits: Edits) -> Stored | None:
        """Mask edits as those that came with their record were, and keep them."""
        known = self.store.get(id)
        if known is None:
            return None
        keep, hide = (known.record.orders, ()) if self._keep_orders else ((), known.record.orders)
        mask = Mask(known.record.language, (), keep, hide, (), not self._keep_orders, self.store.knows(known))
        return self.store.edit(id, mask.edits(edits))

    async def ask(self, question: Callable[..., Answer], *given: Any) -> Answer:
        """Ask something that blocks, off the event loop. Raises `ApiError` where the database fails."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, question, *given)
        except StoreError as error:
            logs.failure("records_failed", error)
            raise ApiError(503, "records_unavailable", "the database of the case records cannot be used now; nothing was changed") from None


def add_record_routes(app: FastAPI, desk: Desk, access: Access, settings: Settings, store: Store) -> None:
    """Add `/v1/records` and what is below it."""
    register_url_convertor("record", RecordId())
    records = RecordDesk(desk, settings, store)
    app.state.bodies = _bodies()

    def let_in(request: Request) -> None:
        if access.foreign(request.headers):
            raise ApiError(403, "bad_origin", "pages of this origin may not use this service")
        if not access.lets_in(request.headers):
            raise ApiError(401, "unauthorized", "send a valid key as `Authorization: Bearer KEY` or `X-API-Key: KEY`")

    def found(stored: Stored | None) -> Stored:
        if stored is None:
            raise ApiError(404, "not_found", "there is no such record")
        return stored

    guarded: dict[str, Any] = {"dependencies": [Depends(let_in)]}

    @app.post(
        "/v1/records/preview",
        summary="What would be stored of a conversation; stores nothing",
        response_model=PreviewReply,
        responses=ERRORS | INVALID,
        openapi_extra=_body("RecordRequest"),
        **guarded,
    )
    async def preview(request: Request) -> Response:
        made = await records.prepared(request)
        edits, earlier = await records.ask(store.before, made.conversation, made.orders, made.customer, made.record.closed_at)
        shown = replace(made, edits=made.edits.over(edits))
        return Json({"record": prepared_values(shown, earlier), "days": settings.records_days})

    @app.post(
        "/v1/records",
        summary="Store the record of a finished conversation",
        status_code=201,
        response_model=StoredModel,
        responses=ERRORS | INVALID | {200: {"model": StoredModel}},
        openapi_extra=_body("RecordRequest"),
        **guarded,
    )
    async def save(request: Request) -> Response:
        made = await records.prepared(request)
        stored, new = await records.ask(store.save, made.conversation, made.record, made.orders, made.customer, made.edits, made.hidden)
        return Json(stored_values(stored), 201 if new else 200)

    @app.get("/v1/records", summary="Stored records, newest first", response_model=RecordsReply, responses=ERRORS, **guarded)
    async def list_records(
        customer: Customer | None = None,
        due_before: Moment = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> Response:
        rows = await records.ask(store.find, customer, due_before, limit, offset)
        return Json({"records": [stored_values(row) for row in rows]})

    @app.delete("/v1/records", summary="Delete all records of a customer", response_model=DeletedReply, responses=ERRORS, **guarded)
    async def forget(customer: Customer) -> Response:
        return Json({"deleted": await records.ask(store.forget, customer)})

    @app.get(
        "/v1/records/due", summary="Open follow-ups, the earliest first, by pages", response_model=DueReply, responses=ERRORS, **guarded
    )
    async def list_due(
        before: Moment = None,
        since: Moment = None,
        after: After | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    ) -> Response:
        due = await records.ask(store.due, before or utc_now() + SOON, since, after and place_from(after), limit + 1)
        return Json(page_values(due, limit))

    @app.get(
        "/v1/records/due.ics",
        summary="Open follow-ups as a calendar: by default those of the last 90 and the next 7 days",
        response_class=Response,
        responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, **ERRORS},
        **guarded,
    )
    async def due_calendar(before: Moment = None, since: Moment = None) -> Response:
        first = since or utc_now() - SHOWN
        last = before or utc_now() + SOON
        if last - first > WIDEST:
            raise ApiError(422, "bad_message", f"a calendar holds at most {WIDEST.days} days: `since` and `before` are further apart")
        text = await records.ask(lambda: calendar(store.every_due(last, first)))
        return Response(text, media_type="text/calendar", headers={"cache-control": "no-store"})

    @app.get("/v1/records/{id:record}", summary="One record", response_model=StoredModel, responses=ERRORS | MISSING, **guarded)
    async def get(id: Id) -> Response:
        return Json(stored_values(found(await records.ask(store.get, id))))

    @app.patch(
        "/v1/records/{id:record}",
        summary="Set fields of a record right, or confirm it",
        response_model=StoredModel,
        responses=ERRORS | INVALID | MISSING,
        openapi_extra=_body("EditsModel"),
        **guarded,
    )
    async def edit(id: Id, request: Request) -> Response:
        edits = (await records.edits(request)).edits()
        return Json(stored_values(found(await records.ask(records.edit, id, edits))))

    @app.delete("/v1/records/{id:record}", summary="Delete one record", response_model=DeletedReply, responses=ERRORS | MISSING, **guarded)
    async def delete(id: Id) -> Response:
        if not await records.ask(store.delete, id):
            raise ApiError(404, "not_found", "there is no such record")
        return Json({"deleted": 1})
