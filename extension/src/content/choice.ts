/** Which ticket is open, and in which box its reply is written. */

import type { Conversation, PageState, Reading } from "../contract";
import type { Desk } from "./desk";
import { editableIn, focusedBox, isOff } from "./find";
import { Reader, conversationOf } from "./reader";

export interface ChoiceActions {
  /** Another ticket, or more was said. Comes before the reply box of that ticket is taken. */
  said(conversation: Conversation): void;
  /** A desk for the reply box `element`. */
  desk(element: HTMLElement): Desk;
  /** `desk` is taken. */
  taken(desk: Desk): void;
  /** `desk`, if there was one, is left. */
  left(desk: Desk | null): void;
}

export class Choice {
  reading: Reading | null = null;
  conversation: Conversation | null = null;
  desk: Desk | null = null;
  box: PageState["box"] = "none";
  #reader = new Reader(() => this.look());
  #said = "";

  constructor(private readonly on: ChoiceActions) {}

  /** Looks at the page again. */
  look(): void {
    const reading = this.#reader.look();
    const conversation = conversationOf(reading);
    const before = this.conversation;
    if (before && before.key !== conversation.key) this.#leave("none");
    this.reading = reading;
    this.conversation = conversation;
    this.#tell(conversation, before);
    this.#choose(reading);
  }

  /** Whether what is in the box still is a reply in this ticket; looks again where it is not. */
  still(): boolean {
    if (this.box !== "ready") return false;
    if (this.#reader.still()) return true;
    this.look();
    return false;
  }

  stop(): void {
    this.#reader.stop();
    this.desk?.leave();
    this.desk = null;
  }

  #tell(conversation: Conversation, before: Conversation | null): void {
    if (before?.key === conversation.key && before.turns === conversation.turns) return;
    const said = JSON.stringify(conversation);
    if (said === this.#said) return;
    this.#said = said;
    this.on.said(conversation);
  }

  #choose(reading: Reading): void {
    let element = reading.editor && editableIn(reading.editor);
    if (reading.site === "generic" && !element) element = focusedBox() ?? (this.desk?.box.alive() ? this.desk.box.element : null);
    if (!element) this.#leave("none");
    else if (reading.internalNote) this.#leave("internal");
    else if (isOff(element)) this.#leave("off");
    else if (this.desk?.box.element !== element || !this.desk.box.alive()) this.#take(element);
  }

  #take(element: HTMLElement): void {
    this.#leave("none");
    this.desk = this.on.desk(element);
    this.box = "ready";
    this.on.taken(this.desk);
  }

  #leave(box: PageState["box"]): void {
    const { desk } = this;
    if (!desk && this.box === box) return;
    this.box = box;
    this.desk = null;
    desk?.leave();
    this.on.left(desk);
  }
}
