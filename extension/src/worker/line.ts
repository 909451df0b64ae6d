/** A `Talk` on a real socket and a real clock. */

import type { ConnectionState, Notice, Review } from "../contract";
import type { Effect, Identity } from "./effects";
import { Talk } from "./talk";

export interface LineActions {
  review(conversation: string, text: string, review: Review): void;
  connection(connection: ConnectionState): void;
  notice(notice: Notice): void;
}

/** The address of the websocket of `server`, an http(s) address. */
export function streamUrl(server: string): string {
  const url = new URL(`${server.replace(/\/+$/, "")}/v1/stream`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export class Line {
  readonly talk: Talk;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #server: string;
  #on: LineActions;

  constructor(server: string, identity: Identity, actions: LineActions) {
    this.#server = server;
    this.#on = actions;
    this.talk = new Talk(identity);
  }

  /** Does what the talk says, and sees to it that it is woken in time. */
  run(act: (talk: Talk, now: number) => Effect[] | void): void {
    for (const effect of act(this.talk, Date.now()) ?? []) this.#do(effect);
    this.#arm();
  }

  /** Another server, key or language. */
  move(server: string, identity: Identity): void {
    const elsewhere = server !== this.#server;
    this.#server = server;
    this.run((talk, now) => talk.identify(identity, now, elsewhere));
  }

  end(): void {
    this.run((talk) => talk.end());
    clearTimeout(this.#timer);
  }

  #do(effect: Effect): void {
    switch (effect.do) {
      case "connect":
        this.#connect();
        break;
      case "send":
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(effect.message);
        break;
      case "close": {
        const socket = this.#socket;
        this.#socket = null;
        socket?.close();
        break;
      }
      case "review":
        this.#on.review(effect.conversation, effect.text, effect.review);
        break;
      case "connection":
        this.#on.connection(effect.connection);
        break;
      case "notice":
        this.#on.notice(effect.notice);
        break;
    }
  }

  #connect(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(streamUrl(this.#server));
    } catch {
      queueMicrotask(() => this.run((talk, now) => talk.closed(now)));
      return;
    }
    this.#socket = socket;
    const current = (act: (talk: Talk, now: number) => Effect[]) => this.#socket === socket && this.run(act);
    socket.onopen = () => current((talk, now) => talk.opened(now));
    socket.onmessage = ({ data }) => current((talk, now) => talk.received(data, now));
    socket.onclose = () => current((talk, now) => talk.closed(now));
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const due = this.talk.due();
    if (due !== null) this.#timer = setTimeout(() => this.run((talk, now) => talk.tick(now)), Math.max(0, due - Date.now()));
  }
}
