/** The conversation on the page, also where another page of the same site has it. */

import { read, readTurns } from "../adapters";
import type { Conversation, Reading } from "../contract";

/** Fetched again after this long: the customer may have answered. */
const OLD = 120_000;

type Fetched = Pick<Reading, "turns" | "unclear" | "folded">;

export class Reader {
  #fetched = new Map<string, { at: number; found: Fetched | null }>();
  #onFetched: () => void;

  /** `onFetched`: what another page holds has come, read again. */
  constructor(onFetched: () => void) {
    this.#onFetched = onFetched;
  }

  /** Looks at the page now. */
  look(): Reading {
    const reading = read(document);
    const more = reading.elsewhere.length ? this.#elsewhere(reading) : null;
    return more ? { ...reading, ...more } : reading;
  }

  #elsewhere({ elsewhere, site }: Reading): Fetched | null {
    const key = elsewhere.join("\n");
    const known = this.#fetched.get(key);
    if (!known || performance.now() - known.at > OLD) {
      this.#fetched.set(key, { at: performance.now(), found: known?.found ?? null });
      void this.#fetch(key, elsewhere, site);
    }
    return known?.found ?? null;
  }

  async #fetch(key: string, addresses: readonly string[], site: string): Promise<void> {
    const answers = await Promise.all(addresses.map(page));
    if (answers.every((one) => one === null)) return;
    this.#fetched.set(key, { at: performance.now(), found: readTurns(answers, site) });
    this.#onFetched();
  }
}

/** The text of a page of this site, with the agent's own session; null if it cannot be had. */
async function page(address: string): Promise<string | null> {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) return null;
  try {
    const answer = await fetch(url, { credentials: "same-origin", redirect: "follow" });
    return answer.ok && new URL(answer.url).origin === location.origin ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** The reading as the worker and the panel get it. */
export const conversationOf = ({ site, conversation, turns, unclear, folded }: Reading): Conversation => ({
  site,
  key: conversation || `${location.origin}${location.pathname}`,
  turns,
  unclear,
  folded,
});
