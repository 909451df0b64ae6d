/** The port to the worker. The worker may die at any time: it is woken again, and told everything once more. */

import { PAGE_PORT, type PageMessage, type ToPage, WAKE } from "../contract";

const AGAIN = 150;
/** A worker says something as soon as it is up; one that was dying when the port was opened never does. */
const DEAF = 1_000;
const DEAFEST = 8_000;
/** Longer than this after the last word of the agent the worker is left asleep. */
const ACTIVE = 120_000;

export class Link {
  #port: chrome.runtime.Port | null = null;
  #on: { message: (message: ToPage) => void; again: () => void; gone: () => void };
  #used = 0;
  #timer = 0;
  #patience = DEAF;
  #wake = (message: unknown): void => {
    if ((message as Partial<typeof WAKE> | null)?.type === WAKE.type) this.connect();
  };

  /** `again`: a new worker listens, tell it everything. `gone`: the extension was removed or reloaded. */
  constructor(on: { message: (message: ToPage) => void; again: () => void; gone: () => void }) {
    this.#on = on;
    chrome.runtime.onMessage.addListener(this.#wake);
  }

  get open(): boolean {
    return this.#port !== null;
  }

  /** Opens the port if it is not open, and has everything said. */
  connect(): void {
    if (this.#port) return;
    clearTimeout(this.#timer);
    if (!chrome.runtime?.id) {
      this.#on.gone();
      return;
    }
    let port: chrome.runtime.Port;
    try {
      port = chrome.runtime.connect({ name: PAGE_PORT });
    } catch {
      this.#on.gone();
      return;
    }
    this.#port = port;
    const deaf = window.setTimeout(() => this.#drop(port), this.#patience);
    port.onMessage.addListener((message: ToPage) => {
      clearTimeout(deaf);
      this.#patience = DEAF;
      if (this.#port === port) this.#on.message(message);
    });
    port.onDisconnect.addListener(() => {
      clearTimeout(deaf);
      void chrome.runtime?.lastError;
      if (this.#port !== port) return;
      this.#port = null;
      if (performance.now() - this.#used < ACTIVE) this.#timer = window.setTimeout(() => this.connect(), AGAIN);
    });
    this.#on.again();
  }

  /** Nobody listens at the other end of `port`. */
  #drop(port: chrome.runtime.Port): void {
    if (this.#port !== port) return;
    this.#port = null;
    this.#patience = Math.min(this.#patience * 2, DEAFEST);
    port.disconnect();
    this.connect();
  }

  /** The agent does something: from now on the worker is woken when it dies. */
  use(): void {
    this.#used = performance.now();
    this.connect();
  }

  /** Sends if the port is open; what is not sent is part of what `again` says. */
  post(message: PageMessage): void {
    try {
      this.#port?.postMessage(message);
    } catch {
      this.#port = null;
    }
  }

  close(): void {
    chrome.runtime?.onMessage?.removeListener(this.#wake);
    clearTimeout(this.#timer);
    const port = this.#port;
    this.#port = null;
    port?.disconnect();
  }
}
