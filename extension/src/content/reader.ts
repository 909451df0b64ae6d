/** The conversation on the page, also where another page of the same site has it. */

import { readBox, readSaid, readTurns, stillReply } from "../adapters";
import type { Conversation, Reading } from "../contract";
import { short } from "../short";

/** Fetched again after this long: the customer may have answered. */
const OLD = 120_000;

type Fetched = Pick<Reading, "turns" | "unclear" | "folded">;

export class Reader {
  #fetched = new Map<string, { at: number; found: Fetched | null }>();
  #onFetched: () => void;
  #seen: Reading | null = null;
  #key = "";
  #stale = true;
  #changes = new MutationObserver((changes) => this.#changed(changes));

  /** `onFetched`: what another page holds has come, read again. */
  constructor(onFetched: () => void) {
    this.#onFetched = onFetched;
  }

  /** Looks at the page now. What was said is read again only where the page has changed. */
  look(): Reading {
    this.#changed(this.#changes.takeRecords());
    const box = readBox(document, this.#seen?.editor ?? null);
    const known = this.#seen;
    const kept = !this.#stale && known !== null && known.site === box.site && known.conversation === box.conversation;
    const { turns, unclear, folded } = kept ? known : readSaid(document, box.site);
    if (this.#stale) this.#changes.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    this.#stale = false;
    this.#seen = { ...box, turns, unclear, folded };
    this.#key = conversationOf(this.#seen).key;
    const more = box.elsewhere.length ? this.#elsewhere(this.#seen) : null;
    return more ? { ...this.#seen, ...more } : this.#seen;
  }

  /** Whether the box seen last still holds a reply in the same ticket. Cheap. */
  still(): boolean {
    return this.#seen !== null && stillReply(document, this.#seen) && conversationOf(this.#seen).key === this.#key;
  }

  stop(): void {
    this.#changes.disconnect();
  }

  #changed(changes: readonly MutationRecord[]): void {
    if (changes.every(({ target }) => this.#seen?.editor?.contains(target))) return;
    this.#stale = true;
    this.#changes.disconnect();
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

const names = new WeakMap<Element, string>();

/** A box without a ticket has a name of its own as long as it is there. */
function nameOf(box: Element): string {
  const name = names.get(box) ?? `${location.origin} ${Date.now().toString(36)} ${short(String(Math.random()))}`;
  names.set(box, name);
  return name;
}

let named = { href: "", name: "" };

/** This address, as the name of a ticket: short, and without what it asks for in words. Asked for at each key. */
function here(): string {
  const { href } = location;
  if (href !== named.href) {
    const { origin, pathname, search, hash } = location;
    named = { href, name: `${origin}${pathname.slice(0, 1000)}${search || hash ? ` ${short(search + hash)}` : ""}` };
  }
  return named.name;
}

/** The reading as the worker and the panel get it. */
export const conversationOf = ({ site, conversation, editor, turns, unclear, folded }: Reading): Conversation => ({
  site,
  key: conversation || (site === "generic" && editor ? nameOf(editor) : here()),
  turns,
  unclear,
  folded,
});
