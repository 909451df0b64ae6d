/** Tells the panel what is shown, once nothing has changed for a moment; the worker has the conversation already. */

import type { Dismissal, Notice, PageState, PageView, Reading } from "../contract";
import type { Desk } from "./desk";

const SOON = 200;
/** It is told so late at the latest: somebody who types without a pause should not pay for it at every key. */
const LATEST = 1_000;

export interface Shown {
  reading: Reading | null;
  desk: Desk | null;
  box: PageState["box"];
  dismissed: Dismissal[];
}

export class Teller {
  #timer = 0;
  #since = 0;
  #notice: Notice | null = null;
  #look: () => Shown;
  #tell: (state: PageView) => void;

  constructor(look: () => Shown, tell: (state: PageView) => void) {
    this.#look = look;
    this.#tell = tell;
  }

  /** Something changed. */
  changed(): void {
    const now = performance.now();
    if (!this.#timer) this.#since = now;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#now(), Math.max(0, Math.min(SOON, this.#since + LATEST - now)));
  }

  notice(notice: Notice): void {
    this.#notice = notice;
    this.changed();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #now(): void {
    this.#timer = 0;
    const { reading, desk, box, dismissed } = this.#look();
    const notice = this.#notice;
    this.#notice = null;
    this.#tell({
      site: reading?.site ?? "generic",
      box,
      text: desk?.text ?? "",
      findings: desk?.findings ?? [],
      review: desk?.review ?? null,
      dismissed,
      canUndo: Boolean(desk?.undo.last()),
      notice,
    });
  }
}
