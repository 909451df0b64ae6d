/** Tells the panel what is shown, once nothing has changed for a moment; the worker has the conversation already. */

import type { Dismissal, Notice, PageState, PageView, Reading } from "../contract";
import type { Desk } from "./desk";
import { Later } from "./later";

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
  #later = new Later(() => this.#now(), SOON, LATEST);
  #notice: Notice | null = null;
  #look: () => Shown;
  #tell: (state: PageView) => void;

  constructor(look: () => Shown, tell: (state: PageView) => void) {
    this.#look = look;
    this.#tell = tell;
  }

  /** Something changed. */
  changed(): void {
    this.#later.call();
  }

  notice(notice: Notice): void {
    this.#notice = notice;
    this.changed();
  }

  stop(): void {
    this.#later.stop();
  }

  #now(): void {
    const { reading, desk, box, dismissed } = this.#look();
    const notice = this.#notice;
    this.#notice = null;
    this.#tell({
      site: reading?.site ?? "generic",
      box,
      text: desk?.text ?? "",
      findings: desk?.findings ?? [],
      reviewed: Boolean(desk?.board.review),
      dismissed,
      canUndo: Boolean(desk?.undo.last()),
      notice,
    });
  }
}
