/** The port to the worker. The worker may die at any time: it is woken again, and told everything once more. */

import { PAGE_PORT, type PageMessage, type ToPage, WAKE } from "../contract";

const AGAIN = 150;
/** A worker says something as soon as it is up; one that was dying when the port was opened never does. */
const DEAF = 1_000;
const DEAFEST = 8_000;
/** By this a new content script tells an older one of the same page to see whether it is still wanted. */
const NEWER = "reply-coach-newer";
/** Longer than this after the last word of the agent the worker is left asleep. */
const ACTIVE = 120_000;

export class Link {
  #port: chrome.runtime.Port | null = null;
  #on: { message: (message: ToPage) => void; again: () => void; gone: () => void };
  #used = 0;
  #timer = 0;
  #patience = DEAF;
  #heard = false;
  #waiting: PageMessage[] = [];
  #newer = () => this.check();
  #wake = (message: unknown): void => {
    if ((message as Partial<typeof WAKE> | null)?.type === WAKE.type) this.connect();
  };

  /** `again`: a new worker listens, tell it everything. `gone`: the extension was removed or reloaded. */
  constructor(on: { message: (message: ToPage) => void; again: () => void; gone: () => void }) {
    this.#on = on;
    document.dispatchEvent(new Event(NEWER));
    document.addEventListener(NEWER, this.#newer);
    chrome.runtime.onMessage.addListener(this.#wake);
  }

  /** Says so if the extension was removed, or a newer one took its place. */
  check(): boolean {
    if (chrome.runtime?.id) return true;
    this.#on.gone();
    return false;
  }

  get open(): boolean {
    return this.#port !== null;
  }

  /** Opens the port if it is not open, and has everything said. */
  connect(): void {
    if (this.#port) return;
    clearTimeout(this.#timer);
    if (!this.check()) return;
    let port: chrome.runtime.Port;
    try {
      port = chrome.runtime.connect({ name: PAGE_PORT });
    } catch {
      this.#on.gone();
      return;
    }
    this.#port = port;
    this.#heard = false;
    const deaf = window.setTimeout(() => this.#drop(port), this.#patience);
    port.onMessage.addListener((message: ToPage) => {
      clearTimeout(deaf);
      this.#patience = DEAF;
      if (this.#port !== port) return;
      this.#heard = true;
      for (const one of this.#waiting.splice(0)) this.insist(one);
      this.#on.message(message);
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

  /** Sends what `again` does not say: it waits until a worker listens, and wakes it. */
  insist(message: PageMessage): void {
    const sent = this.#heard && this.#send(message);
    if (!sent) this.#waiting.push(message);
    this.use();
  }

  /** Sends if the port is open; what is not sent is part of what `again` says. */
  post(message: PageMessage): void {
    this.#send(message);
  }

  close(): void {
    document.removeEventListener(NEWER, this.#newer);
    chrome.runtime?.onMessage?.removeListener(this.#wake);
    clearTimeout(this.#timer);
    const port = this.#port;
    this.#port = null;
    port?.disconnect();
  }

  #send(message: PageMessage): boolean {
    try {
      this.#port?.postMessage(message);
    } catch {
      this.#port = null;
    }
    return this.#port !== null;
  }
}
