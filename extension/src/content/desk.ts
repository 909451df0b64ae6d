/** One reply box with its findings: text in, reviews on it, wordings applied and taken back. */

import { Board } from "../../../coach/playground/board.js";
import type { Notice, Review, ShownFinding } from "../contract";
import type { Box, Change, Mark, Outcome } from "./boxes";
import { type Span, applied, difference } from "./spans";
import { type Trail, followed, inverse, shifted } from "./trail";
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
  /** The edits of all wordings in the present text, by the key of their finding. */
  #wordings = new Map<string, Trail[]>();

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

  find(key: string | null): ShownFinding | null {
    return this.board.find(key) as ShownFinding | null;
  }

  /** Takes the text as it is now; says whether it changed. */
  update(): boolean {
    if (this.busy) return false;
    const text = this.box.text();
    if (text === this.text) {
      // The editor may have put the same words there anew.
      this.paint();
      return false;
    }
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
    this.#wordings = new Map(this.findings.filter(({ waiting }) => !waiting).map(({ key, suggestions }) => [key, suggestions.map(({ edits }) => edits)]));
    if (text !== this.text) this.#follow(difference(text, this.text), text);
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

  /** Applies a wording: all its edits, from the last to the first, or none. */
  async apply(item: ShownFinding, wording: number): Promise<void> {
    if (!item.suggestions[wording] || this.busy) return;
    this.update();
    const edits = this.#edits(item, wording);
    if (!edits?.every((edit) => this.box.open(edit))) {
      this.#on.notice({ code: edits ? "kept" : "stale" });
      return;
    }
    const { outcome, back } = await this.#make(edits);
    this.undo.push(item.rule, back);
    if (outcome === "done") this.#on.applied(item.rule);
    this.#told(outcome, "applied");
  }

  /** Takes the last wording back. */
  async takeBack(): Promise<void> {
    if (this.busy) return;
    this.update();
    const last = this.undo.pop();
    if (!last) {
      this.#on.notice({ code: "nothing" });
      return;
    }
    const { outcome, rest } = await this.#make(last.back);
    this.undo.push(last.rule, rest);
    this.#told(outcome, "undone");
  }

  leave(): void {
    this.box.clear();
  }

  /** Makes `changes` one after the other. Where one fails, those before it are taken back. `back`: what takes back what stands now; `rest`: what is still to be made. */
  async #make(changes: Trail): Promise<{ outcome: Outcome; back: Trail; rest: Trail }> {
    this.busy = true;
    try {
      const run = await this.#run(changes, changes.length);
      if (run.outcome === "done" || !run.back.length) return run;
      const undone = await this.#run([...run.back, ...run.rest], run.back.length);
      const standing = run.back.length - undone.back.length;
      return {
        outcome: undone.outcome === "done" ? run.outcome : "half",
        back: undone.rest.slice(0, standing),
        rest: [...undone.back, ...undone.rest.slice(standing)],
      };
    } finally {
      this.busy = false;
    }
  }

  /** Makes the first `count` of `changes`, until one fails; `rest` are those not made. */
  async #run(changes: Trail, count: number): Promise<{ outcome: Outcome; back: Trail; rest: Trail }> {
    let rest = changes;
    let back: Trail = [];
    for (; count > 0; count -= 1) {
      const [change] = rest;
      if (!change) return { outcome: "stale", back, rest };
      const before = this.text;
      const outcome = await this.box.replace(change, before);
      const text = this.box.text();
      if (outcome === "done") {
        const made = asMade(change, before, text);
        rest = shifted(rest.slice(1), made);
        back = [inverse(made, before), ...shifted(back, made)];
        this.#moved(made, applied(before, made));
      }
      // The agent typed on meanwhile, or the editor tidied up.
      if (text !== this.text) {
        const edit = difference(this.text, text);
        rest = followed(rest, edit, this.text);
        back = followed(back, edit, this.text);
        this.#moved(edit, text);
      }
      if (outcome !== "done") return { outcome, back, rest };
    }
    return { outcome: "done", back, rest };
  }

  #told(outcome: Outcome, code: "applied" | "undone"): void {
    this.#on.notice({ code: outcome === "done" ? code : outcome });
    this.text = this.box.text();
    this.paint();
    this.#on.draft(this.text, this.box.caret(), true);
    this.#on.changed();
  }

  #moved(change: Change, text: string): void {
    this.#follow(change, this.text);
    this.undo.edit(change, this.text);
    this.text = text;
  }

  #follow(change: Change, before: string): void {
    this.board.edit(change, before);
    for (const [key, wordings] of this.#wordings) {
      this.#wordings.set(
        key,
        wordings.map((edits) => followed(edits, change, before)),
      );
    }
  }

  /** The edits of a wording in the present text, the last one first; null where they no longer fit. */
  #edits(item: ShownFinding, wording: number): Change[] | null {
    const now = this.find(item.key);
    const suggested = now?.suggestions[wording]?.edits;
    if (!now || now.waiting || !suggested || suggested.some(({ text }, index) => text !== item.suggestions[wording]?.edits[index]?.text)) return null;
    if (now.live && this.text.slice(now.live.start, now.live.end) !== now.words) return null;
    const edits = (this.#wordings.get(item.key)?.[wording] ?? [null]).filter((edit) => edit !== null);
    if (edits.length < suggested.length) return null;
    return edits.sort((a, b) => b.start - a.start || b.end - a.end);
  }
}

/** `change` of `before` as `text` has it: editors make other spaces of some. */
function asMade(change: Change, before: string, text: string): Change {
  const words = text.slice(change.start, text.length - (before.length - change.end));
  const same = (one: string) => one.replace(/\s+/g, "");
  const around = text.startsWith(before.slice(0, change.start)) && text.endsWith(before.slice(change.end));
  return around && same(words) === same(change.text) ? { ...change, text: words } : change;
}
