/** What was applied, so that it can be taken back: editors' own undo often takes the agent's words with it. */

import type { Change } from "./boxes";
import { type Trail, followed } from "./trail";

const MOST = 20;

export interface Applied {
  rule: string;
  /** What puts the old words back, newest first, at its places in the present text. */
  back: Change[];
}

export class Undo {
  #done: Applied[] = [];

  /** A wording of `rule` was applied; nothing is kept where a part of it cannot be taken back. */
  push(rule: string, back: Trail): void {
    const whole = back.filter((one) => one !== null);
    if (!back.length || whole.length < back.length) return;
    this.#done.push({ rule, back: whole });
    if (this.#done.length > MOST) this.#done.shift();
  }

  /** The text changed: wordings that were touched are the agent's own now. */
  edit(change: Change, before: string): void {
    const done = this.#done;
    this.#done = [];
    for (const { rule, back } of done) this.push(rule, followed(back, change, before));
  }

  /** The wording that is to be taken back next. */
  last(): Applied | null {
    return this.#done.at(-1) ?? null;
  }

  /** The same, and forgets it. */
  pop(): Applied | null {
    return this.#done.pop() ?? null;
  }
}
