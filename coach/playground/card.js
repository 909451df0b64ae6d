/** The card of one finding: what, why, wordings to apply, ways to dismiss. Non-modal; at most one is open. */

import { byId, el, fill, icon, unseen } from "./dom.js";
import { chordName } from "./keys.js";
import { familyName } from "./names.js";
import { applied, combine } from "./spans.js";
import { language, t } from "./strings.js";

const GAP = 8;
const CLEAR = 96;
const LINGER = 400;
const DELAY = 320;

/**
 * Handlers: onApply(item, index), onDismiss(item, scope), onStep(direction), onChange(),
 * anchor(item) -> rects of what the card belongs to, count(item) -> [place, total].
 */
export class Card {
  item = null;
  #box = byId("card");
  #on;
  #pinned = false;
  #back = null;
  #returning = false;
  #timer = 0;
  #text = "";

  constructor(handlers) {
    this.#on = handlers;
    this.#box.addEventListener("mouseenter", () => clearTimeout(this.#timer));
    this.#box.addEventListener("mouseleave", () => this.point(null));
    const follow = ({ target }) => this.item && target !== this.#box && this.place();
    addEventListener("scroll", follow, { capture: true, passive: true });
    addEventListener("resize", follow, { passive: true });
    document.addEventListener("mousedown", ({ target }) => {
      if (this.item && !target.closest("#card, #reply, [data-finding], [data-chip]")) this.close();
    });
  }

  get key() {
    return this.item?.key ?? null;
  }

  get holdsFocus() {
    return this.#box.contains(document.activeElement);
  }

  /** Opens on `item` of a draft reading `text`. `pinned` cards stay until closed; `enter` moves the focus in. */
  open(item, text, { pinned = true, enter = false } = {}) {
    clearTimeout(this.#timer);
    if (this.#returning) return;
    if (!this.holdsFocus) this.#back = document.activeElement;
    this.item = item;
    this.#text = text;
    this.#pinned = pinned;
    this.#box.replaceChildren();
    this.#fill();
    this.#box.hidden = false;
    this.#on.onChange();
    this.place();
    this.#uncover();
    if (enter) (this.#box.querySelector("[data-apply]:enabled") ?? this.#box.querySelector("button")).focus();
  }

  /** The mouse rests on `item` (or, with null, on none): opens and closes after a moment, unless pinned. */
  point(item, text) {
    clearTimeout(this.#timer);
    if (item && this.item) {
      if (item.key !== this.key && !this.#pinned) this.#timer = setTimeout(() => this.open(item, text, { pinned: false }), DELAY);
    } else if (item) {
      this.#timer = setTimeout(() => this.open(item, text, { pinned: false }), DELAY);
    } else if (!this.#pinned && !this.holdsFocus) {
      this.#timer = setTimeout(() => this.close(), LINGER);
    }
  }

  /** A review came: shows `item`, what became of the finding in `text`, without moving the focus; closes if there is none. */
  refresh(item, text) {
    if (!this.item || !item) {
      this.close();
      return;
    }
    this.item = item;
    this.#text = text;
    this.#fill();
    this.place();
  }

  /** Closes; the focus goes back to where it was if it is in the card. */
  close() {
    clearTimeout(this.#timer);
    if (!this.item) return;
    const back = this.holdsFocus ? this.#back : null;
    this.item = null;
    this.#pinned = false;
    this.#box.hidden = true;
    this.#on.onChange();
    this.#returning = true;
    if (back) (back.isConnected ? back : byId("reply")).focus({ preventScroll: true });
    this.#returning = false;
  }

  /** Typing goes on: the card stays with `item`, its finding now, if pinned; one that only hovers gets out of the way. */
  typed(item) {
    if (!item || !this.#pinned) this.close();
    else this.item = item;
  }

  /** Puts the card above its words, clear of the draft if it can, else below them; small screens dock it by CSS. */
  place() {
    const { style } = this.#box;
    const { scrollTop } = this.#box;
    const rects = this.#on.anchor(this.item);
    const docked = matchMedia("(max-width: 40rem)").matches || !rects.length;
    style.maxHeight = style.left = style.top = "";
    this.#box.classList.toggle("docked", docked);
    if (docked) return;
    const field = this.#box.parentElement.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const inside = rects[0].top >= field.top && rects[0].top < field.top + CLEAR;
    const top = inside ? field.top : rects[0].top;
    const { bottom } = rects.at(-1);
    const above = top - GAP * 2;
    const below = innerHeight - bottom - GAP * 2;
    const up = above >= height || above >= below;
    const tall = Math.min(height, Math.max(120, up ? above : below));
    const right = Math.max(field.right, field.left + width);
    style.maxHeight = `${tall}px`;
    style.left = `${Math.max(GAP, Math.min(rects[0].left - 12, right - width, innerWidth - width - GAP))}px`;
    style.top = `${up ? top - GAP - tall : bottom + GAP}px`;
    this.#box.scrollTop = scrollTop;
  }

  /** On a small screen, scrolls the words out from under the docked card. */
  #uncover() {
    const bottom = this.#on.anchor(this.item).at(-1)?.bottom ?? 0;
    const hidden = bottom + GAP * 2 - this.#box.getBoundingClientRect().top;
    if (this.#box.classList.contains("docked") && hidden > 0) scrollBy(0, hidden);
  }

  #fill() {
    const { item } = this;
    const [place, total] = this.#on.count(item);
    this.#box.dataset.severity = item.severity;
    this.#box.dataset.rule = item.rule;
    fill(
      this.#box,
      el(
        "header",
        { class: "card-head" },
        el("h2", { id: "card-title" }, icon(item.severity), unseen(`${t(`severity.${item.severity}`)}: `), familyName(item.family)),
        total > 1 && el("span", { class: "card-walk" }, this.#step("previous", -1), t("card.place", { place, total }), this.#step("next", 1)),
        el("button", { type: "button", class: "bare", "aria-label": t("card.close"), title: "Esc", onclick: () => this.close() }, icon("close")),
      ),
      el("p", { class: "card-message" }, item.message),
      this.#wordings(item),
      item.why ? el("details", { class: "card-why", ontoggle: () => this.item && this.place() }, el("summary", {}, t("card.why")), el("p", {}, item.why), this.#page(item)) : "",
      this.#dismissals(item),
    );
  }

  #page({ rule }) {
    const href = `rules/${encodeURIComponent(rule)}?language=${language()}`;
    return el("a", { href, target: "_blank", rel: "noopener" }, t("card.rule"));
  }

  #step(name, direction) {
    const chord = direction > 0 ? "F8" : chordName("Shift+F8");
    const label = t(`card.${name}`);
    return el("button", { type: "button", class: "bare", "aria-label": label, title: `${label} (${chord})`, onclick: () => this.#on.onStep(direction) }, icon(name));
  }

  #wordings(item) {
    if (!item.suggestions.length) return "";
    const rows = item.suggestions.map((suggestion, index) => {
      const chord = index < 9 ? chordName(`Alt+${index + 1}`) : "";
      return el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "wording", data: { apply: index }, disabled: item.waiting, onclick: () => this.#on.onApply(item, index) },
          this.#preview(suggestion),
          chord && el("kbd", {}, chord),
        ),
      );
    });
    return el("ul", { class: "wordings", "aria-label": t("card.wordings") }, rows);
  }

  /** What the wording makes of the text; its label too, where that says something else. */
  #preview({ label, edits }) {
    const change = edits.length ? combine(this.#text, edits) : { start: 0, end: 0, text: "" };
    const result = change.text.trim();
    const gone = this.#text.slice(change.start, change.end).trim();
    if (!result && !gone) return el("span", { class: "wording-text" }, label);
    if (!result) return el("span", { class: "wording-text" }, t("card.remove"), " ", el("del", {}, gone));
    const added = change.start === change.end && icon("plus");
    return [
      label !== result && el("span", { class: "wording-label" }, label),
      el("span", { class: "wording-text" }, added, unseen(t("card.insert")), result),
    ];
  }

  #dismissals(item) {
    const scopes = item.words === null ? ["conversation", "rule"] : ["here", "conversation", "rule"];
    const buttons = scopes.map((scope) =>
      el("button", { type: "button", class: "quiet", data: { dismiss: scope }, onclick: () => this.#on.onDismiss(item, scope) }, t(`dismiss.${scope}`)),
    );
    return el("footer", { class: "card-foot", role: "group", "aria-label": t("dismiss.title") }, el("span", {}, t("dismiss.title")), buttons);
  }
}

/** The text after wording `index` of `item`, and the one replacement that makes it. */
export function outcome(item, index, text) {
  const change = combine(text, item.suggestions[index].edits);
  return { change, text: applied(text, change) };
}
