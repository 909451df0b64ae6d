/** The coach on one page: which reply box, what was said, what is shown, who is told. */

import type { Command, ConnectionState, Dismissal, Notice, PageState, Reading, ShownFinding, ToPage } from "../contract";
import { language, speak } from "../strings";
import { Badge } from "./badge";
import type { Box } from "./boxes";
import { Card } from "./card";
import { Desk } from "./desk";
import { editableIn, focusedBox, isOff } from "./find";
import { keyOf } from "./keys";
import { Layer } from "./layer";
import { Link } from "./link";
import { PlainBox } from "./plain";
import { Reader, conversationOf } from "./reader";
import { RichBox } from "./rich";
import { Teller } from "./teller";
import { type Watch, watch } from "./watch";

const TICK = 1000;
const SETTLE = 25;

export class Page {
  #layer = new Layer();
  #reader = new Reader(() => this.#look());
  #reading: Reading | null = null;
  #said = "";
  #desk: Desk | null = null;
  #state: PageState["box"] = "none";
  #dismissed: Dismissal[] = [];
  #connection: ConnectionState = { state: "asleep" };
  #timers = { tick: 0, settle: 0, look: 0 };
  #frame = 0;
  #tab: Watch;
  #link: Link;
  #teller = new Teller(
    () => ({ reading: this.#reading, desk: this.#desk, box: this.#state, dismissed: this.#dismissed }),
    (state) => this.#link.post({ type: "state", state }),
  );
  #card: Card;
  #badge: Badge;

  constructor(private readonly onGone: () => void) {
    this.#link = new Link({ message: (message) => this.#receive(message), again: () => this.#sayAll(), gone: () => this.stop() });
    this.#badge = new Badge(
      this.#layer.root,
      () => this.#step(1),
      () => void this.#desk?.takeBack(),
    );
    this.#card = new Card(this.#layer.root, {
      apply: (item, wording) => void this.#desk?.apply(item, wording),
      dismiss: (item, scope) => this.#dismiss(item, scope),
      step: (by) => this.#step(by),
      rule: (item) => this.#link.post({ type: "open", what: "rule", rule: item.rule, language: language() as "en" | "tr" | "pl" }),
      changed: () => this.#desk?.paint(this.#card.key),
      anchor: (item) => ({ words: item.live ? (this.#desk?.box.rects(item.live) ?? []) : [], box: this.#desk?.box.area() ?? new DOMRect() }),
      place: (item) => (this.#desk?.board.place(item) ?? [1, 1]) as [number, number],
      leave: () => this.#desk?.box.focus(),
    });
    this.#tab = watch({
      edited: () => this.#soon(),
      focused: () => this.#look(),
      moved: () => this.#place(),
      acted: () => this.#lookSoon(),
      pointed: (x, y) => this.#desk && this.#card.point(this.#desk.at(x, y), this.#desk.board.text ?? ""),
      left: () => this.#card.point(null, ""),
      clicked: (x, y) => this.#click(x, y),
      key: (event) => this.#key(event),
      own: (event) => this.#layer.holds(event),
    });
    this.#timers.tick = window.setInterval(() => document.visibilityState === "visible" && this.#tick(), TICK);
    this.#look();
  }

  /** Takes everything off the page. */
  stop(): void {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#tab.stop();
    this.#teller.stop();
    this.#desk?.leave();
    this.#desk = null;
    this.#link.close();
    this.#layer.remove();
    this.onGone();
  }

  /** Reads the page again: whose turn, which reply box. */
  #look(): void {
    const reading = this.#reader.look();
    const ticket = this.#reading && conversationOf(this.#reading).key !== conversationOf(reading).key;
    this.#reading = reading;
    if (ticket) this.#leave("none");
    this.#choose(reading);
    const conversation = conversationOf(reading);
    const said = JSON.stringify([conversation, this.#state]);
    if (said === this.#said) return;
    this.#said = said;
    if (reading.site !== "generic" || this.#state !== "none") this.#link.connect();
    this.#link.post({ type: "conversation", conversation });
    if (this.#link.open && this.#desk && this.#connection.state !== "asleep") this.#draft(true);
    this.#teller.changed();
  }

  #choose(reading: Reading): void {
    let element = reading.editor && editableIn(reading.editor);
    if (reading.site === "generic" && !element) {
      const now = focusedBox();
      element = now ?? (this.#desk?.box.alive() ? this.#desk.box.element : null);
    }
    if (!element) this.#leave("none");
    else if (reading.internalNote) this.#leave("internal");
    else if (isOff(element)) this.#leave("off");
    else this.#use(element);
  }

  #use(element: HTMLElement): void {
    this.#tab.follow(element);
    if (this.#desk?.box.element === element && this.#desk.box.alive()) {
      if (this.#state !== "ready") this.#state = "ready";
    } else {
      this.#leave("none");
      const soon = () => this.#soon();
      const box: Box = element.tagName === "TEXTAREA" ? new PlainBox(element as HTMLTextAreaElement, this.#layer.root) : new RichBox(element, soon);
      this.#desk = new Desk(box, {
        draft: (text, caret, full) => this.#typed(text, caret, full),
        applied: (rule) => this.#link.post({ type: "applied", rule }),
        notice: (notice) => this.#tellAgent(notice),
        changed: () => this.#show(),
      });
      this.#desk.dismissed = this.#dismissed;
      this.#state = "ready";
      this.#layer.raise(element);
      this.#link.use();
      this.#draft(true);
      this.#show();
    }
  }

  #leave(state: PageState["box"]): void {
    const had = this.#desk;
    if (!had && this.#state === state) return;
    this.#state = state;
    this.#desk = null;
    this.#card.close();
    this.#badge.hide();
    had?.leave();
    if (had) this.#link.post({ type: "quiet" });
    this.#teller.changed();
  }

  #tick(): void {
    if (!this.#desk?.busy) this.#look();
    this.#desk?.update();
    if (this.#desk) this.#layer.raise(this.#desk.box.element);
    this.#place();
  }

  #soon(): void {
    if (!this.#desk || this.#desk.busy) return;
    clearTimeout(this.#timers.settle);
    this.#timers.settle = window.setTimeout(() => this.#settle(), SETTLE);
  }

  #settle(): void {
    if (!this.#desk) return;
    if (!this.#desk.box.alive()) {
      this.#look();
      return;
    }
    this.#desk.update();
  }

  #lookSoon(): void {
    clearTimeout(this.#timers.look);
    this.#timers.look = window.setTimeout(() => this.#look(), SETTLE);
  }

  #draft(full: boolean): void {
    const desk = this.#desk;
    if (desk) this.#post(desk.text, desk.box.caret(), full);
  }

  #typed(text: string, caret: number | null, full: boolean): void {
    this.#card.typed(this.#desk?.find(this.#card.key) ?? null);
    this.#post(text, caret, full);
  }

  #post(text: string, caret: number | null, full: boolean): void {
    if (this.#state !== "ready" || this.#reading?.internalNote) return;
    this.#link.use();
    this.#link.post({ type: "draft", text, caret, closing: this.#reading?.closing ?? false, full });
  }

  /** A new worker knows nothing. */
  #sayAll(): void {
    if (this.#reading) this.#link.post({ type: "conversation", conversation: conversationOf(this.#reading) });
    const desk = this.#desk;
    if (desk && this.#state === "ready") {
      const closing = this.#reading?.closing ?? false;
      this.#link.post({ type: "draft", text: desk.text, caret: desk.box.caret(), closing, full: true });
    }
    this.#teller.changed();
  }

  #receive(message: ToPage): void {
    switch (message.type) {
      case "start":
        speak(message.uiLanguage);
        this.#show();
        break;
      case "dismissed":
        this.#dismissed = message.dismissed;
        this.#desk?.withhold(message.dismissed);
        this.#teller.changed();
        break;
      case "connection":
        this.#connection = message.connection;
        this.#show();
        break;
      case "review":
        this.#review(message.text, message.review);
        break;
      case "notice":
        this.#tellAgent(message.notice);
        break;
      case "command":
        this.#obey(message.command);
        break;
      case "stop":
        this.stop();
        break;
    }
  }

  #review(text: string, review: Extract<ToPage, { type: "review" }>["review"]): void {
    const desk = this.#desk;
    if (!desk || desk.busy) return;
    desk.update();
    const open = this.#card.item;
    desk.take(text, review);
    if (open) this.#card.refresh((desk.find(open.key) ?? desk.board.successor(open)) as ShownFinding | null, text);
  }

  #obey(command: Command): void {
    const desk = this.#desk;
    if (!desk) return;
    const first = () => this.#card.item ?? desk.step(null, 1);
    if (command.do === "apply" || command.do === "apply-first") {
      const item = command.do === "apply" ? desk.find(command.key) : first();
      if (item) void desk.apply(item, command.do === "apply" ? command.wording : 0);
      else this.#tellAgent({ code: command.do === "apply" ? "stale" : "nothing" });
    } else if (command.do === "dismiss") {
      const item = desk.find(command.key);
      if (item) this.#dismiss(item, command.scope);
    } else if (command.do === "restore") {
      this.#link.post({ type: "restore", dismissal: command.dismissal });
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

  #dismiss(item: ShownFinding, scope: Dismissal["scope"]): void {
    this.#link.post({ type: "dismiss", dismissal: { rule: item.rule, scope, ...(scope === "here" ? { text: item.words } : {}) } });
    this.#card.close();
    this.#tellAgent({ code: "dismissed" });
  }

  #step(by: 1 | -1): void {
    const item = this.#desk?.step(this.#card.item, by);
    if (item) this.#open(item);
  }

  #open(item: ShownFinding): void {
    if (!this.#desk) return;
    if (item.live) this.#desk.box.reveal(item.live);
    this.#layer.raise(this.#desk.box.element);
    this.#card.open(item, this.#desk.board.text ?? "");
  }

  #click(x: number, y: number): void {
    const item = this.#desk?.at(x, y);
    if (item) this.#card.open(item, this.#desk?.board.text ?? "");
    else if (this.#card.item) this.#card.close();
  }

  /** Says whether the key was ours. */
  #key(event: KeyboardEvent): boolean {
    const desk = this.#desk;
    if (!desk || desk.busy || desk.box.caret() === null || !desk.board.visible.length) return false;
    const key = keyOf(event, this.#card.item !== null);
    if (!key) return false;
    if (key.do === "enter") this.#card.enter();
    else if (key.do === "wording") this.#card.item && void desk.apply(this.#card.item, key.index);
    else this.#obey(key);
    return true;
  }

  #show(): void {
    const desk = this.#desk;
    if (desk) {
      // Each asked-for frame costs the page a millisecond: one only where something moves.
      const moved = this.#badge.show(desk.board.visible as ShownFinding[], this.#connection.state === "live");
      if (moved || this.#card.item) this.#placeSoon();
    }
    this.#teller.changed();
  }

  #placeSoon(): void {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#place());
  }

  #place(): void {
    this.#frame = 0;
    const desk = this.#desk;
    if (!desk) return;
    desk.box.align();
    this.#badge.place(desk.box.area());
    this.#card.place();
  }

  #tellAgent(notice: Notice): void {
    if (this.#desk) this.#badge.tell(notice);
    this.#teller.notice(notice);
  }
}
