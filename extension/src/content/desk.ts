/** One reply box with its findings: text in, reviews on it, wordings applied and taken back. */

import { Board } from "../../../coach/playground/board.js";
import type { Notice, Review, ShownFinding } from "../contract";
import type { Box, Change, Mark, Outcome } from "./boxes";
import { type Span, applied, difference } from "./spans";
import { Undo } from "./undo";

type Dismissed = { rule: string; scope: "here" | "conversation" | "rule"; text?: string | null };

export interface DeskActions {
  /** The text changed; `full`: review it at once as if the agent had paused. */
  draft(text: string, caret: number | null, full: boolean): void;
  applied(rule: string): void;
  notice(notice: Notice): void;
  /** What is shown changed. */
  changed(): void;
}

export class Desk {
  readonly board: InstanceType<typeof Board> = new Board();
  readonly undo = new Undo();
  text = "";
  busy = false;
  dismissed: Dismissed[] = [];
  #on: DeskActions;
  #active: string | null = null;

  constructor(
    readonly box: Box,
    actions: DeskActions,
  ) {
    this.#on = actions;
    this.text = box.text();
  }

  get findings(): ShownFinding[] {
    return this.board.items as ShownFinding[];
  }

  /** The newest review without its findings. */
  get review(): Omit<Review, "findings"> | null {
    if (!this.board.review) return null;
    const { findings: _, ...review } = this.board.review as Review;
    return review;
  }

  find(key: string | null): ShownFinding | null {
    return this.board.find(key) as ShownFinding | null;
  }

  /** Takes the text as it is now; says whether it changed. */
  update(): boolean {
    if (this.busy) return false;
    const text = this.box.text();
    if (text === this.text) return false;
    const caret = this.box.caret();
    this.#moved(difference(this.text, text, caret ?? text.length), text);
    this.paint();
    this.#on.draft(text, caret, false);
    this.#on.changed();
    return true;
  }

  /** A review of `text`, which may be older than what stands there now. */
  take(text: string, review: Review): void {
    if (this.busy) return;
    this.board.take(review, text, this.dismissed);
    if (text !== this.text) this.board.edit(difference(text, this.text), text);
    this.paint();
    this.#on.changed();
  }

  /** Other dismissals are in force. */
  withhold(dismissed: Dismissed[]): void {
    this.dismissed = dismissed;
    this.board.withhold(dismissed);
    this.paint();
    this.#on.changed();
  }

  /** Draws the underlines; `active` is the key of the finding whose card is open. */
  paint(active: string | null = this.#active): void {
    this.#active = active;
    this.box.paint(this.board.marked(active) as Mark[], active);
  }

  /** The finding whose words are at a point of the window. */
  at(x: number, y: number): ShownFinding | null {
    const near = (rect: DOMRect) => x >= rect.left - 1 && x <= rect.right + 1 && y >= rect.top - 2 && y <= rect.bottom + 3;
    const marked = this.board.marked(this.#active) as (ShownFinding & { live: Span })[];
    return marked.find(({ live }) => this.box.rects(live).some(near)) ?? null;
  }

  step(from: ShownFinding | null, by: 1 | -1): ShownFinding | null {
    return this.board.step(from, by, this.box.caret() ?? 0) as ShownFinding | null;
  }

  /** Applies a wording: all its edits, from the last to the first. */
  async apply(item: ShownFinding, wording: number): Promise<void> {
    const suggestion = item.suggestions[wording];
    if (!suggestion || this.busy) return;
    this.update();
    const now = this.find(item.key);
    const edits = now && !now.waiting && moved(now, suggestion.edits, this.text, this.board.text);
    if (!edits || !edits.every((edit) => this.box.open(edit))) {
      this.#on.notice({ code: "stale" });
      return;
    }
    this.undo.begin(item.rule);
    const outcome = await this.#make(edits, (change, before) => this.undo.add(change, before));
    if (outcome === "done") this.#on.applied(item.rule);
    else this.undo.drop();
    this.#told(outcome, "applied");
  }

  /** Takes the last wording back. */
  async takeBack(): Promise<void> {
    if (this.busy) return;
    this.update();
    const last = this.undo.last();
    if (!last) {
      this.#on.notice({ code: "nothing" });
      return;
    }
    let outcome: Outcome = "done";
    for (let index = 0; index < last.back.length && outcome === "done"; index += 1) {
      const change = last.back[index];
      outcome = change ? await this.#make([change]) : "stale";
    }
    if (outcome === "done") this.undo.drop();
    this.#told(outcome, "undone");
  }

  leave(): void {
    this.box.clear();
  }

  async #make(changes: readonly Change[], onMade: (change: Change, before: string) => void = () => undefined): Promise<Outcome> {
    this.busy = true;
    try {
      for (const change of [...changes].sort((a, b) => b.start - a.start || b.end - a.end)) {
        const before = this.text;
        const outcome = await this.box.replace(change, before);
        const text = this.box.text();
        const wanted = applied(before, change);
        if (outcome === "done") {
          this.#moved(change, wanted);
          onMade(change, before);
        }
        // The agent typed on meanwhile, or the editor tidied up.
        if (text !== this.text) this.#moved(difference(this.text, text), text);
        if (outcome !== "done") return outcome;
      }
      return "done";
    } finally {
      this.busy = false;
    }
  }

  #told(outcome: Outcome, code: "applied" | "undone"): void {
    this.#on.notice({ code: outcome === "done" ? code : outcome });
    this.text = this.box.text();
    this.paint();
    this.#on.draft(this.text, this.box.caret(), true);
    this.#on.changed();
  }

  #moved(change: Change, text: string): void {
    this.board.edit(change, this.text);
    this.undo.edit(change, this.text);
    this.text = text;
  }
}

/** The edits of a suggestion, made for the text `reviewed`, in the text of now; null where they no longer fit. */
function moved(item: ShownFinding, edits: readonly Change[], text: string, reviewed: string | null): Change[] | null {
  if (reviewed === null) return null;
  if (item.live && text.slice(item.live.start, item.live.end) !== item.words) return null;
  if (text === reviewed) return [...edits];
  const shift = item.live && item.span ? item.live.start - item.span.start : null;
  if (shift === null) return null;
  const there = edits.map((edit) => ({ ...edit, start: edit.start + shift, end: edit.end + shift }));
  const same = there.every((edit, index) => text.slice(edit.start, edit.end) === reviewed.slice(edits[index]!.start, edits[index]!.end));
  return same ? there : null;
}

