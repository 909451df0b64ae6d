/** What the agent does with findings: by card, badge, keys, and what the panel and the shortcuts ask for. */

import type { Command, Dismissal, Notice, Scope, ShownFinding } from "../contract";
import { Badge } from "./badge";
import { Card } from "./card";
import type { Desk } from "./desk";
import { keyOf } from "./keys";
import type { Layer } from "./layer";

export interface ActsActions {
  desk(): Desk | null;
  /** Whether the coach is connected. */
  live(): boolean;
  dismiss(dismissal: Dismissal): void;
  restore(dismissal: Dismissal): void;
  about(rule: string): void;
  notice(notice: Notice): void;
}

export class Acts {
  #badge: Badge;
  #card: Card;
  #frame = 0;

  constructor(
    private readonly layer: Layer,
    private readonly on: ActsActions,
  ) {
    this.#badge = new Badge(
      layer.root,
      () => this.#step(1),
      () => void this.#desk?.takeBack(),
    );
    this.#card = new Card(layer.root, {
      apply: (item, wording) => void this.#desk?.apply(item, wording),
      dismiss: (item, scope) => this.#dismiss(item, scope),
      step: (by) => this.#step(by),
      rule: (item) => this.on.about(item.rule),
      changed: () => this.#desk?.paint(this.#card.key),
      anchor: (item) => ({ words: item.live ? (this.#desk?.box.rects(item.live) ?? []) : [], box: this.#desk?.box.area() ?? new DOMRect() }),
      place: (item) => (this.#desk?.board.place(item) ?? [1, 1]) as [number, number],
      leave: () => this.#desk?.box.focus(),
    });
  }

  get #desk(): Desk | null {
    return this.on.desk();
  }

  obey(command: Command): void {
    const desk = this.#desk;
    if (command.do === "restore") {
      this.on.restore(command.dismissal);
      return;
    }
    if (!desk) return;
    const first = () => this.#card.item ?? desk.step(null, 1);
    if (command.do === "apply" || command.do === "apply-first") {
      const item = command.do === "apply" ? desk.find(command.key) : first();
      if (item) void desk.apply(item, command.do === "apply" ? command.wording : 0);
      else this.on.notice({ code: command.do === "apply" ? "stale" : "nothing" });
    } else if (command.do === "dismiss") {
      const item = desk.find(command.key);
      if (item) this.#dismiss(item, command.scope);
    } else if (command.do === "undo") {
      void desk.takeBack();
    } else if (command.do === "focus") {
      const item = desk.find(command.key);
      if (item) this.#open(item);
    } else if (command.do === "step") {
      this.#step(command.by);
    } else {
      this.#card.close();
    }
  }

  /** The agent typed. */
  typed(): void {
    this.#card.typed(this.#desk?.find(this.#card.key) ?? null);
  }

  /** Another review is on the desk; `take` puts it there. */
  reviewed(desk: Desk, take: () => void): void {
    const open = this.#card.item;
    take();
    if (open) this.#card.refresh((desk.find(open.key) ?? desk.board.successor(open)) as ShownFinding | null, desk.board.text ?? "");
  }

  point(x: number, y: number): void {
    if (this.#desk) this.#card.point(this.#desk.at(x, y), this.#desk.board.text ?? "");
  }

  unpoint(): void {
    this.#card.point(null, "");
  }

  click(x: number, y: number): void {
    const item = this.#desk?.at(x, y);
    if (item) this.#card.open(item, this.#desk?.board.text ?? "");
    else if (this.#card.item) this.#card.close();
  }

  /** Says whether the key was ours. */
  key(event: KeyboardEvent): boolean {
    const desk = this.#desk;
    if (!desk || desk.busy || !desk.board.visible.length) return false;
    const key = keyOf(event, this.#card.item !== null);
    if (!key || desk.box.caret() === null) return false;
    if (key.do === "enter") this.#card.enter();
    else if (key.do === "wording") this.#card.item && void desk.apply(this.#card.item, key.index);
    else this.obey(key);
    return true;
  }

  /** Shows what there is now. */
  show(): void {
    const desk = this.#desk;
    if (!desk) return;
    // Each asked-for frame costs the page a millisecond: one only where something moves.
    const reviewed = desk.board.review !== null && desk.board.text === desk.text;
    const moved = this.#badge.show(desk.board.visible as ShownFinding[], this.on.live(), reviewed);
    if (moved || this.#card.item) this.#placeSoon();
  }

  place(): void {
    this.#frame = 0;
    const desk = this.#desk;
    if (!desk) return;
    desk.box.align();
    this.#badge.place(desk.box.area());
    this.#card.place();
  }

  /** Says what became of something, at the reply box. */
  tell(notice: Notice): void {
    if (this.#desk) this.#badge.tell(notice);
  }

  hide(): void {
    this.#card.close();
    this.#badge.hide();
  }

  #placeSoon(): void {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.place());
  }

  #dismiss(item: ShownFinding, scope: Scope): void {
    this.on.dismiss({ rule: item.rule, scope, ...(scope === "here" ? { text: item.words } : {}) });
    this.#card.close();
    this.on.notice({ code: "dismissed" });
  }

  #step(by: 1 | -1): void {
    const item = this.#desk?.step(this.#card.item, by);
    if (item) this.#open(item);
  }

  #open(item: ShownFinding): void {
    if (!this.#desk) return;
    if (item.live) this.#desk.box.reveal(item.live);
    this.layer.raise(this.#desk.box.element);
    this.#card.open(item, this.#desk.board.text ?? "");
  }
}
