/** A websocket that comes back by itself. Knows nothing of what is said over it. */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;

/** The address of our websocket at `path`, beside the page. */
export function socketUrl(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  return url.href;
}

/**
 * States told to `onState`: "connecting", "live", "waiting" (with milliseconds until the next try) and "asleep".
 * Messages sent while not live are dropped: `onOpen` says everything again.
 */
export class Socket {
  #url;
  #on;
  #socket = null;
  #timer = 0;
  #wait = FIRST_WAIT;
  #asleep = false;

  constructor(url, { onOpen, onMessage, onState }) {
    this.#url = url;
    this.#on = { onOpen, onMessage, onState };
    addEventListener("online", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
  }

  get live() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Opens the connection, at once. */
  connect() {
    clearTimeout(this.#timer);
    this.#asleep = false;
    this.#on.onState("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#on.onState("live");
      this.#on.onOpen();
    };
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(data);
    socket.onclose = () => socket === this.#socket && this.#closed();
  }

  /** Sends `message` if live; says whether it did. */
  send(message) {
    if (!this.live) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Call when a good answer arrived: the next failure starts with a short wait again. */
  settled() {
    this.#wait = FIRST_WAIT;
  }

  /** Closes, and stays closed until `rouse` or `connect`. */
  sleep() {
    this.#asleep = true;
    clearTimeout(this.#timer);
    if (this.live) this.#socket.close(1000);
    else this.#on.onState("asleep");
  }

  /** Reconnects if asleep. */
  rouse() {
    if (this.#asleep) this.connect();
  }

  #wake() {
    if (!this.#asleep && this.#socket?.readyState === WebSocket.CLOSED) this.connect();
  }

  #receive(data) {
    let message = null;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    this.#on.onMessage(message);
  }

  #closed() {
    if (this.#asleep) {
      this.#on.onState("asleep");
      return;
    }
    const wait = Math.round(this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    this.#on.onState("waiting", wait);
    this.#timer = setTimeout(() => this.connect(), wait);
  }
}
