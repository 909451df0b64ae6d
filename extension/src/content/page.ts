/** The coach on one page: which reply box, what was said, what is shown, who is told. */

import type { Command, ConnectionState, Dismissal, Notice, PageState, Reading, ShownFinding, ToPage } from "../contract";
import { language, speak } from "../strings";
import { Badge } from "./badge";
import type { Box } from "./boxes";
import { Card } from "./card";
import { Desk } from "./desk";
import { editableIn, focusedBox, isOff } from "./find";
import { Layer } from "./layer";
import { Link } from "./link";
import { PlainBox } from "./plain";
import { Reader, conversationOf } from "./reader";
import { RichBox } from "./rich";
import { type Watch, watch } from "./watch";

const TICK = 1000;
const SETTLE = 25;
const TELL = 120;

export class Page {
  #layer = new Layer();
  #reader = new Reader(() => this.#look());
  #reading: Reading | null = null;
  #said = "";
  #desk: Desk | null = null;
  #state: PageState["box"] = "none";
  #dismissed: Dismissal[] = [];
  #connection: ConnectionState = { state: "asleep" };
  #notice: Notice | null = null;
  #timers = { tick: 0, settle: 0, tell: 0, look: 0 };
  #tab: Watch;
  #link: Link;
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
      pointed: (x, y) => this.#desk && this.#card.point(this.#desk.at(x, y), this.#desk.text),
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
    this.#link.post({ type: "conversation", conversation });
    if (this.#link.open && this.#desk && this.#connection.state !== "asleep") this.#draft(true);
    this.#tell();
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
        draft: (text, caret, full) => this.#post(text, caret, full),
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
    this.#tell();
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
    this.#tell();
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
        this.#tell();
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
    if (open) this.#card.refresh((desk.find(open.key) ?? desk.board.successor(open)) as ShownFinding | null, desk.text);
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

  /** The keys that work in the reply box while there are findings; says whether the key was ours. */
  #key(event: KeyboardEvent): boolean {
    const desk = this.#desk;
    if (!desk || desk.busy || event.isComposing || desk.box.caret() === null || !desk.board.visible.length) return false;
    const alt = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.getModifierState("AltGraph");
    if (event.key === "F8" && !event.altKey && !event.ctrlKey && !event.metaKey) this.#step(event.shiftKey ? -1 : 1);
    else if (alt && event.key === "Enter") this.#obey({ do: "apply-first" });
    else if (!this.#card.item) return false;
    else if (event.key === "Escape") this.#card.close();
    else if (alt && event.key === "ArrowDown") this.#card.enter();
    else if (alt && /^Digit[1-9]$/.test(event.code)) void desk.apply(this.#card.item, Number(event.code.at(-1)) - 1);
    else return false;
    return true;
  }

  #show(): void {
    const desk = this.#desk;
    if (desk) {
      this.#card.typed(this.#card.key ? desk.find(this.#card.key) : null);
      this.#badge.show(desk.board.visible as ShownFinding[], this.#connection.state === "live");
      this.#place();
    }
    this.#tell();
  }

  #place(): void {
    const desk = this.#desk;
    if (!desk) return;
    desk.box.align();
    this.#badge.place(desk.box.area());
    this.#card.place();
  }

  #tellAgent(notice: Notice): void {
    this.#notice = notice;
    if (this.#desk) this.#badge.tell(notice);
    this.#tell();
  }

  /** Tells the panel, soon and once. */
  #tell(): void {
    if (!this.#timers.tell) this.#timers.tell = window.setTimeout(() => this.#tellNow(), TELL);
  }

  #tellNow(): void {
    this.#timers.tell = 0;
    const desk = this.#desk;
    this.#link.post({
      type: "state",
      state: {
        site: this.#reading?.site ?? "generic",
        conversation: this.#reading && conversationOf(this.#reading),
        box: this.#state,
        text: desk?.text ?? "",
        findings: desk?.findings ?? [],
        review: desk?.review ?? null,
        dismissed: this.#dismissed,
        canUndo: Boolean(desk?.undo.last()),
        notice: this.#notice,
      },
    });
    this.#notice = null;
  }
}
