/** Tells the panel what is shown, soon and once. */

import type { Dismissal, Notice, PageState, Reading } from "../contract";
import type { Desk } from "./desk";
import { conversationOf } from "./reader";

const SOON = 200;

export interface Shown {
  reading: Reading | null;
  desk: Desk | null;
  box: PageState["box"];
  dismissed: Dismissal[];
}

export class Teller {
  #timer = 0;
  #notice: Notice | null = null;
  #look: () => Shown;
  #tell: (state: PageState) => void;

  constructor(look: () => Shown, tell: (state: PageState) => void) {
    this.#look = look;
    this.#tell = tell;
  }

  /** Something changed. */
  changed(): void {
    if (!this.#timer) this.#timer = window.setTimeout(() => this.#now(), SOON);
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
      conversation: reading && conversationOf(reading),
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
