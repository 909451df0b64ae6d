/** The coach on one page: brings together the ticket, the reply box, what is shown, and the worker. */

import type { ConnectionState, Dismissal, Notice, Review, ToPage } from "../contract";
import { language, speak } from "../strings";
import { Acts } from "./acts";
import type { Box } from "./boxes";
import { Choice } from "./choice";
import { Desk } from "./desk";
import { Later } from "./later";
import { Layer } from "./layer";
import { Link } from "./link";
import { PlainBox } from "./plain";
import { RichBox } from "./rich";
import { Teller } from "./teller";
import { type Watch, watch } from "./watch";

const TICK = 1000;
const SETTLE = 25;

export class Page {
  #layer = new Layer();
  #dismissed: Dismissal[] = [];
  #connection: ConnectionState = { state: "asleep" };
  #reviewed: Review | null = null;
  #clock = 0;
  #edited = new Later(() => this.#settle(), SETTLE);
  #acted = new Later(() => this.#choice.look(), SETTLE);
  #tab: Watch;
  #choice = new Choice({
    said: () => this.#said(),
    desk: (element) => this.#newDesk(element),
    taken: (desk) => this.#taken(desk),
    left: (desk) => this.#left(desk),
  });
  #link = new Link({ message: (message) => this.#receive(message), again: () => this.#sayAll(), gone: () => this.stop() });
  #teller = new Teller(
    () => ({ reading: this.#choice.reading, desk: this.#desk, box: this.#choice.box, dismissed: this.#dismissed }),
    (state) => this.#link.post({ type: "state", state }),
  );
  #acts = new Acts(this.#layer, {
    desk: () => this.#desk,
    live: () => this.#connection.state === "live",
    dismiss: (dismissal) => this.#link.insist({ type: "dismiss", dismissal }),
    restore: (dismissal) => this.#link.insist({ type: "restore", dismissal }),
    about: (rule) => this.#link.insist({ type: "open", what: "rule", rule, language: language() as "en" | "tr" | "pl" }),
    notice: (notice) => this.#tellAgent(notice),
  });

  constructor(private readonly onGone: () => void) {
    this.#tab = watch({
      edited: () => this.#soon(),
      focused: () => this.#choice.look(),
      moved: () => this.#acts.place(),
      acted: () => this.#acted.call(),
      pointed: (x, y) => this.#acts.point(x, y),
      left: () => this.#acts.unpoint(),
      clicked: (x, y) => this.#acts.click(x, y),
      key: (event) => this.#acts.key(event),
      own: (event) => this.#layer.holds(event),
    });
    this.#clock = window.setInterval(() => this.#link.check() && document.visibilityState === "visible" && this.#tick(), TICK);
    this.#choice.look();
  }

  get #desk(): Desk | null {
    return this.#choice.desk;
  }

  /** Takes everything off the page. */
  stop(): void {
    clearInterval(this.#clock);
    this.#edited.stop();
    this.#acted.stop();
    this.#tab.stop();
    this.#teller.stop();
    this.#choice.stop();
    this.#link.close();
    this.#layer.remove();
    this.onGone();
  }

  #said(): void {
    const { reading, conversation } = this.#choice;
    if (this.#link.open && conversation) this.#link.post({ type: "conversation", conversation });
    else if (reading?.site !== "generic") this.#link.connect();
    this.#teller.changed();
  }

  #newDesk(element: HTMLElement): Desk {
    const box: Box = element.tagName === "TEXTAREA" ? new PlainBox(element as HTMLTextAreaElement, this.#layer.root) : new RichBox(element, () => this.#soon());
    const desk = new Desk(box, {
      draft: (text, caret, full) => {
        this.#acts.typed();
        this.#draft(text, caret, full);
      },
      applied: (rule) => this.#link.insist({ type: "applied", rule }),
      notice: (notice) => this.#tellAgent(notice),
      changed: () => this.#show(),
    });
    desk.dismissed = this.#dismissed;
    return desk;
  }

  #taken(desk: Desk): void {
    this.#tab.follow(desk.box.element);
    this.#layer.raise(desk.box.element);
    if (this.#link.open) this.#draft(desk.text, desk.box.caret(), true);
    else this.#link.use();
    this.#show();
  }

  #left(desk: Desk | null): void {
    this.#acts.hide();
    if (desk) this.#link.post({ type: "quiet" });
    this.#teller.changed();
  }

  #tick(): void {
    if (!this.#desk?.busy) this.#choice.look();
    this.#desk?.update();
    if (this.#desk) this.#layer.raise(this.#desk.box.element);
    this.#acts.place();
  }

  #soon(): void {
    if (this.#desk && !this.#desk.busy) this.#edited.call();
  }

  #settle(): void {
    if (this.#desk?.box.alive()) this.#desk.update();
    else if (this.#desk) this.#choice.look();
  }

  #draft(text: string, caret: number | null, full: boolean): void {
    if (!this.#choice.still()) return;
    this.#link.use();
    this.#link.post({ type: "draft", text, caret, closing: this.#choice.reading?.closing ?? false, full });
  }

  /** A new worker knows nothing. */
  #sayAll(): void {
    const { conversation } = this.#choice;
    if (conversation) this.#link.post({ type: "conversation", conversation });
    const desk = this.#desk;
    if (desk) this.#draft(desk.text, desk.box.caret(), true);
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
        this.#review(message);
        break;
      case "notice":
        this.#tellAgent(message.notice);
        break;
      case "command":
        this.#acts.obey(message.command);
        break;
      case "stop":
        this.stop();
        break;
    }
  }

  #review({ conversation, text, review: news }: Extract<ToPage, { type: "review" }>): void {
    const desk = this.#desk;
    const review = news ?? this.#reviewed;
    this.#reviewed = review;
    if (!review || !desk || desk.busy || conversation !== this.#choice.conversation?.key) return;
    desk.update();
    if (desk !== this.#desk) return;
    this.#acts.reviewed(desk, () => desk.take(text, review));
  }

  #show(): void {
    this.#acts.show();
    this.#teller.changed();
  }

  #tellAgent(notice: Notice): void {
    this.#acts.tell(notice);
    this.#teller.notice(notice);
  }
}
