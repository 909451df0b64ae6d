"""What every HTTP answer has in common: errors as `{"error": {"code", "message"}}`, security headers, bodies of bounded size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach import logs
from coach.access import Access
from coach.metrics import Metrics
from coach.protocol import ProtocolError, encode, schema

DRAINED_BYTES = 16 * 1024**2
STATUS = {"bad_json": 400, "bad_text": 400, "too_long": 413, "bad_message": 422}
CODES = {404: "not_found", 405: "bad_method", 413: "too_long"}
SECURITY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

PREFLIGHT = {
    "access-control-allow-methods": "GET, POST, PATCH, DELETE",
    "access-control-allow-headers": "authorization, content-type, x-api-key",
    "access-control-max-age": "600",
}


@cache
def version() -> str:
    """The version of Reply Coach."""
    try:
        return installed("reply-coach")
    except PackageNotFoundError:
        return "0+unknown"


class ApiError(Exception):
    """A request that is refused."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.headers = status, code, message, headers


class Json(Response):
    """An answer in JSON that no cache keeps."""

    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(encode(content), status_code, {"cache-control": "no-store", **(headers or {})})


def error_reply(error: ApiError) -> Response:
    """The answer that tells an error."""
    return Json({"error": {"code": error.code, "message": error.message}}, error.status, error.headers)


def handle_errors(app: FastAPI, metrics: Metrics) -> None:
    """Have `app` answer every refused request as `error_reply` does, and count it."""

    def reply(error: ApiError) -> Response:
        metrics.errors.labels("rest", error.code).inc()
        return error_reply(error)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return reply(error)

    async def unreadable(_: Request, error: Exception) -> Response:
        assert isinstance(error, ProtocolError)
        return reply(ApiError(STATUS[error.code], error.code, error.message))

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        return reply(ApiError(422, "bad_message", f"{first['loc'][-1]}: {first['msg']}"))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["allow"] = ", ".join(sorted(_methods(app, request.url.path))) or headers.get("allow", "")
        phrase = HTTPStatus(error.status_code).phrase
        code = CODES.get(error.status_code, phrase.lower().replace(" ", "_"))
        return reply(ApiError(error.status_code, code, phrase.capitalize(), headers))

    app.add_exception_handler(ApiError, refused)
    app.add_exception_handler(ProtocolError, unreadable)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _methods(app: FastAPI, path: str) -> set[str]:
    """The methods of every route at `path`: one route knows only its own."""
    return {method for route in app.routes if isinstance(route, Route) and route.path_regex.match(path) for method in route.methods or ()}


async def read_body(request: Request, most: int) -> bytes:
    """The body. Raises `ProtocolError` where it has more than `most` bytes; the rest is read and forgotten, so that the answer arrives."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
        elif size > DRAINED_BYTES:
            break
        else:
            parts.clear()
    if size > most:
        raise ProtocolError("too_long", f"a body has at most {most} bytes")
    return b"".join(parts)


def add_wire_models(document: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """An OpenAPI document with the models of the protocol, and `more`, among its schemas."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    models = orjson.loads(re.sub(rb"#/\$defs/", b"#/components/schemas/", encode(schema()["$defs"])))
    document["components"]["schemas"] = models | dict(more) | schemas
    return document


class Guard:
    """Puts security headers on every answer, lets pages of configured origins read it, turns what was not foreseen into an error."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        shared = origin if origin is not None and self._access.configured(origin) else None
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                answer = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    answer.setdefault(name, value)
                answer.add_vary_header("Origin")
                if shared is not None:
                    answer["access-control-allow-origin"] = shared
            await send(message)

        if shared is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            pass
        except Exception as error:
            logs.failure("request_failed", error)
            if not started:
                await error_reply(ApiError(500, "internal", "something went wrong here"))(scope, receive, guarded)
