"""A bare FastAPI echo, served as the product is: what a websocket costs on this machine before any review."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect


def main() -> None:
    """Serve on the port of the first argument. Every draft is answered by a short review of its revision."""
    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.websocket("/v1/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                message = await socket.receive_json()
                if message["type"] == "draft":
                    await socket.send_text(f'{{"type":"review","rev":{message["rev"]}}}')
        except WebSocketDisconnect:
            return

    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="h11", ws="websockets-sansio", ws_per_message_deflate=False, log_level="warning"
    )


if __name__ == "__main__":
    main()
