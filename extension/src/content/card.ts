/** The card of one finding, beside its words: what, why, wordings to apply, ways to dismiss. It never takes the focus by itself. */

import { el, fill, icon, unseen } from "../../../coach/playground/dom.js";
import { chordName } from "../../../coach/playground/keys.js";
import { familyName } from "../../../coach/playground/names.js";
import type { Scope, ShownFinding } from "../contract";
import { language, t } from "../strings";
import { combine } from "./spans";

const GAP = 8;
const DELAY = 350;
const LINGER = 400;

export interface CardActions {
  apply(item: ShownFinding, wording: number): void;
  dismiss(item: ShownFinding, scope: Scope): void;
  step(by: 1 | -1): void;
  rule(item: ShownFinding): void;
  /** The card was opened or closed. */
  changed(): void;
  /** Where the words of `item`, and where the reply box can be seen. */
  anchor(item: ShownFinding): { words: DOMRect[]; box: DOMRect };
  /** Its place among the findings: [place, total]. */
  place(item: ShownFinding): [number, number];
  /** The focus goes back to the reply. */
  leave(): void;
}

export class Card {
  item: ShownFinding | null = null;
  #box = el("div", { class: "card", role: "dialog", "aria-labelledby": "title", hidden: true }) as HTMLElement;
  #root: ShadowRoot;
  #on: CardActions;
  #text = "";
  #pinned = false;
  #timer = 0;

  constructor(root: ShadowRoot, actions: CardActions) {
    this.#root = root;
    this.#on = actions;
    root.append(this.#box);
    this.#box.addEventListener("mousedown", (event) => !(event.target as Element).closest("summary, a") && event.preventDefault());
    this.#box.addEventListener("mouseenter", () => clearTimeout(this.#timer));
    this.#box.addEventListener("mouseleave", () => this.point(null, ""));
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("toggle", () => this.place(), true);
  }

  get key(): string | null {
    return this.item?.key ?? null;
  }

  get holdsFocus(): boolean {
    return this.#box.contains(this.#root.activeElement);
  }

  /** Opens on `item` of a draft reading `text`. Pinned cards stay until they are closed. */
  open(item: ShownFinding, text: string, pinned = true): void {
    clearTimeout(this.#timer);
    const inside = this.holdsFocus;
    this.item = item;
    this.#text = text;
    this.#pinned = pinned;
    this.#box.replaceChildren();
    this.#fill();
    this.#box.hidden = false;
    if (inside) this.enter();
    this.#on.changed();
    this.place();
  }

  /** Moves the focus into the card. */
  enter(): void {
    const first = this.#box.querySelector<HTMLElement>("[data-apply]:enabled") ?? this.#box.querySelector<HTMLElement>("button");
    first?.focus({ preventScroll: true });
  }

  /** The mouse rests on `item`, or on none. */
  point(item: ShownFinding | null, text: string): void {
    clearTimeout(this.#timer);
    if (item && item.key !== this.key && !(this.item && this.#pinned)) {
      this.#timer = window.setTimeout(() => this.open(item, text, false), DELAY);
    } else if (!item && this.item && !this.#pinned && !this.holdsFocus) {
      this.#timer = window.setTimeout(() => this.close(), LINGER);
    }
  }

  /** A review came: shows what became of the finding, or closes. */
  refresh(item: ShownFinding | null, text: string): void {
    if (!this.item) return;
    if (!item) {
      this.close();
      return;
    }
    const inside = this.holdsFocus;
    this.item = item;
    this.#text = text;
    this.#fill();
    if (inside && !this.holdsFocus) this.enter();
    this.place();
  }

  /** Typing goes on: a card that only hovers gets out of the way. */
  typed(item: ShownFinding | null): void {
    if (!this.item) return;
    if (!item || !this.#pinned) this.close();
    else this.item = item;
  }

  close(): void {
    clearTimeout(this.#timer);
    if (!this.item) return;
    const inside = this.holdsFocus;
    this.item = null;
    this.#pinned = false;
    this.#box.hidden = true;
    if (inside) this.#on.leave();
    this.#on.changed();
  }

  /** Puts the card above its words, else below them, inside the window. */
  place(): void {
    if (!this.item) return;
    const { words, box } = this.#on.anchor(this.item);
    const first = words[0] ?? new DOMRect(Math.max(box.left, box.right - 376), box.bottom, 0, 0);
    const last = words.at(-1) ?? first;
    const { style } = this.#box;
    style.maxHeight = "";
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const above = first.top - GAP * 2;
    const below = innerHeight - last.bottom - GAP * 2;
    const up = words.length ? above >= height || above >= below : below < height;
    const tall = Math.min(height, Math.max(140, up ? above : below));
    style.maxHeight = `${tall}px`;
    style.left = `${Math.max(GAP, Math.min(first.left - 12, innerWidth - width - GAP))}px`;
    style.top = `${Math.max(GAP, up ? first.top - GAP - tall : Math.min(last.bottom + GAP, innerHeight - tall - GAP))}px`;
  }

  #key(event: KeyboardEvent): void {
    if (!event.isTrusted) return;
    event.stopPropagation();
    if (event.key === "Escape") this.close();
    else if (event.key === "F8") this.#on.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Tab") this.#tab(event);
    else return;
    event.preventDefault();
  }

  /** Tab goes round inside the card; Esc leads back to the reply. */
  #tab(event: KeyboardEvent): void {
    const stops = [...this.#box.querySelectorAll<HTMLElement>("button:enabled, summary")];
    const at = stops.indexOf(this.#root.activeElement as HTMLElement);
    stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length]?.focus();
  }

  #fill(): void {
    const item = this.item;
    if (!item) return;
    const [place, total] = this.#on.place(item);
    this.#box.lang = language();
    this.#box.dataset.severity = item.severity;
    this.#box.dataset.rule = item.rule;
    fill(
      this.#box,
      el(
        "header",
        { class: "head" },
        el("h2", { id: "title" }, icon(item.severity), unseen(`${t(`severity.${item.severity}`)}: `), familyName(item.family)),
        total > 1 && el("span", { class: "walk" }, this.#step("previous", -1), t("card.place", { place, total }), this.#step("next", 1)),
        el("button", { type: "button", class: "bare", "aria-label": t("card.close"), title: "Esc", onclick: trusted(() => this.close()) }, icon("close")),
      ),
      el("p", {}, item.message),
      this.#wordings(item),
      item.why ? el("details", {}, el("summary", {}, t("card.why")), el("p", {}, item.why)) : "",
      this.#foot(item),
    );
  }

  #step(name: "previous" | "next", by: 1 | -1): Element {
    const label = t(`card.${name}`);
    const chord = by > 0 ? "F8" : chordName("Shift+F8");
    return el("button", { type: "button", class: "bare", "aria-label": label, title: `${label} (${chord})`, onclick: trusted(() => this.#on.step(by)) }, icon(name));
  }

  #wordings(item: ShownFinding): Element | string {
    if (!item.suggestions.length) return "";
    const rows = item.suggestions.map((suggestion, index) => {
      const chord = index < 9 ? chordName(`Alt+${index + 1}`) : "";
      const props = { type: "button", class: "wording", data: { apply: index }, disabled: item.waiting, onclick: trusted(() => this.#on.apply(item, index)) };
      return el("li", {}, el("button", props, el("span", {}, this.#preview(suggestion)), chord && el("kbd", {}, chord)));
    });
    return el("ul", { class: "wordings", "aria-label": t("card.wordings") }, rows);
  }

  #preview({ label, edits }: ShownFinding["suggestions"][number]): unknown[] {
    const change = edits.length ? combine(this.#text, edits) : { start: 0, end: 0, text: "" };
    const result = change.text.trim();
    const gone = this.#text.slice(change.start, change.end).trim();
    if (!result) return gone ? [`${t("card.remove")} `, el("del", {}, gone)] : [label];
    return [label !== result && el("small", { class: "label" }, label), unseen(t("card.insert")), result];
  }

  #foot(item: ShownFinding): Element {
    const scopes: Scope[] = item.words === null ? ["conversation", "rule"] : ["here", "conversation", "rule"];
    return el(
      "footer",
      { class: "foot", role: "group", "aria-label": t("dismiss.title") },
      el("span", {}, t("dismiss.title")),
      scopes.map((scope) => el("button", { type: "button", class: "quiet", data: { dismiss: scope }, onclick: trusted(() => this.#on.dismiss(item, scope)) }, t(`dismiss.${scope}`))),
      el("button", { type: "button", class: "quiet", data: { about: item.rule }, onclick: trusted(() => this.#on.rule(item)) }, t("card.rule")),
    );
  }
}

/** Only what the agent does counts, not what a script of the page makes up. */
export const trusted =
  (act: () => void) =>
  (event: Event): void => {
    if (event.isTrusted) act();
  };
