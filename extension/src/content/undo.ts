/** What was applied, so that it can be taken back: editors' own undo often takes the agent's words with it. */

import type { Change } from "./boxes";
import { remap } from "./spans";

const MOST = 20;

interface Applied {
  rule: string;
  /** What puts the old words back, newest first. null: later typing touched them. */
  back: (Change | null)[];
}

export class Undo {
  #done: Applied[] = [];

  /** Begins the record of a wording of `rule`. */
  begin(rule: string): void {
    this.#done.push({ rule, back: [] });
    if (this.#done.length > MOST) this.#done.shift();
  }

  /** `change` was made in `before`. */
  add(change: Change, before: string): void {
    const back = { start: change.start, end: change.start + change.text.length, text: before.slice(change.start, change.end) };
    this.#done.at(-1)?.back.unshift(back);
  }

  /** Nothing came of what was begun. */
  drop(): void {
    this.#done.pop();
  }

  /** The text changed. */
  edit(change: Change, before: string): void {
    for (const one of this.#done) {
      one.back = one.back.map((back) => {
        const span = back && remap(back, change, before);
        return back && span ? { ...back, start: span.start, end: span.end } : null;
      });
    }
  }

  /** What to do to take the last wording back, each for the text as the one before leaves it; null if that cannot be done. */
  last(): Applied | null {
    const one = this.#done.at(-1);
    return one && one.back.length && one.back.every(Boolean) ? one : null;
  }

  clear(): void {
    this.#done = [];
  }
}
