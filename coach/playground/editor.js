/** The reply box: a textarea, and behind it a mirror of its text that carries the underlines. */

import { el, fill } from "./dom.js";
import { applied, difference, movedCaret, segments } from "./spans.js";

const RANK = { error: 0, warning: 1, hint: 2 };
const NEAR = 3;

/** `onEdit(change, before)` after every edit, `onPoint(key | null)` when the mouse moves on or off an underline, `onPick(key)` on a click. */
export class Editor {
  #area;
  #mirror;
  #page;
  #on;
  #last = "";
  #painted = "";
  #pointed = null;

  constructor(area, mirror, { onEdit, onPoint, onPick }) {
    this.#area = area;
    this.#mirror = mirror;
    this.#page = el("div", { class: "mirror-page" });
    this.#on = { onEdit, onPoint, onPick };
    mirror.append(this.#page);
    area.addEventListener("input", () => this.#edited());
    area.addEventListener("scroll", () => this.#align(), { passive: true });
    area.addEventListener("mousemove", (event) => this.#point(this.at(event.clientX, event.clientY)));
    area.addEventListener("mouseleave", () => this.#point(null));
    area.addEventListener("click", (event) => {
      const key = area.selectionStart === area.selectionEnd ? this.at(event.clientX, event.clientY) : null;
      if (key) onPick(key);
    });
    new ResizeObserver(() => this.#align()).observe(area);
    this.#align();
  }

  get text() {
    return this.#area.value;
  }

  get caret() {
    return this.#area.selectionStart;
  }

  get focused() {
    return document.activeElement === this.#area;
  }

  focus() {
    this.#area.focus({ preventScroll: true });
  }

  /** The language of the text, for fonts and screen readers. */
  set language(language) {
    this.#area.lang = language;
  }

  /** Another case: puts `text` in the box, without an edit and without undo. */
  load(text) {
    this.#area.value = text;
    this.#last = text;
    this.#area.scrollTop = 0;
    this.paint([], null);
  }

  /** Underlines `items` (findings with `live`); `active` is the key of the one whose card is open. */
  paint(items, active) {
    const text = this.text;
    const shown = items.filter(({ live }) => live && live.start < live.end && live.end <= text.length);
    const sketch = JSON.stringify([text, active, shown.map(({ key, live, severity }) => [key, severity, live])]);
    if (sketch === this.#painted) return;
    this.#painted = sketch;
    fill(this.#page, segments(text, shown).map((part) => this.#piece(part, active)), "\u200b");
    this.#align();
  }

  /** Where the underlined words of `key` are on screen, as far as they are scrolled into view. */
  rects(key) {
    const box = this.#area.getBoundingClientRect();
    return this.#marks(key)
      .flatMap((mark) => [...mark.getClientRects()])
      .filter((rect) => rect.bottom > box.top + 2 && rect.top < box.bottom - 2);
  }

  /** Scrolls the words of `key` into the box. */
  reveal(key) {
    const mark = this.#marks(key)[0];
    if (!mark) return;
    const box = this.#area.getBoundingClientRect();
    const rect = mark.getBoundingClientRect();
    if (rect.top < box.top + 8) this.#area.scrollTop -= box.top + 8 - rect.top;
    else if (rect.bottom > box.bottom - 8) this.#area.scrollTop += rect.bottom - box.bottom + 8;
    this.#align();
    if (box.top < 0 || box.bottom > innerHeight) this.#area.scrollIntoView({ block: "nearest" });
  }

  /** The key of the underline at a point of the window, or null. */
  at(x, y) {
    const box = this.#area.getBoundingClientRect();
    if (y < box.top || y > box.bottom) return null;
    const hit = [...this.#page.querySelectorAll("mark")].find((mark) =>
      [...mark.getClientRects()].some(
        (rect) => x >= rect.left && x <= rect.right && y >= rect.top - NEAR && y <= rect.bottom + NEAR,
      ),
    );
    return hit?.dataset.key ?? null;
  }

  /** Makes one replacement that the browser's own undo takes back in one step. */
  replace(change) {
    const area = this.#area;
    const before = area.value;
    const caret = movedCaret(area.selectionStart, change);
    const expected = applied(before, change);
    this.focus();
    area.setSelectionRange(change.start, change.end);
    if (change.text) document.execCommand("insertText", false, change.text);
    else if (change.start < change.end) document.execCommand("delete");
    if (area.value !== expected) {
      area.value = expected;
      this.#edited();
    }
    area.setSelectionRange(caret, caret);
  }

  /** Takes the last edit back. */
  undo() {
    this.focus();
    document.execCommand("undo");
  }

  #marks(key) {
    return [...this.#page.querySelectorAll("mark")].filter((mark) => mark.dataset.keys.split(" ").includes(key));
  }

  #piece({ text, items }, active) {
    if (!items.length) return text;
    const [top] = [...items].sort(
      (a, b) => Number(b.key === active) - Number(a.key === active) || RANK[a.severity] - RANK[b.severity],
    );
    const data = { rule: top.rule, severity: top.severity, key: top.key, keys: items.map(({ key }) => key).join(" ") };
    return el("mark", { class: items.some(({ key }) => key === active) ? "active" : null, data }, text);
  }

  #edited() {
    const before = this.#last;
    this.#last = this.text;
    this.#on.onEdit(difference(before, this.text, this.#area.selectionEnd), before);
  }

  #point(key) {
    if (key === this.#pointed) return;
    this.#pointed = key;
    this.#area.classList.toggle("pointing", key !== null);
    this.#on.onPoint(key);
  }

  #align() {
    const { clientWidth, clientHeight, clientLeft, clientTop, scrollTop, offsetLeft, offsetTop } = this.#area;
    const { style } = this.#mirror;
    style.left = `${offsetLeft + clientLeft}px`;
    style.top = `${offsetTop + clientTop}px`;
    style.width = `${clientWidth}px`;
    style.height = `${clientHeight}px`;
    this.#page.style.transform = `translateY(${-scrollTop}px)`;
  }
}
