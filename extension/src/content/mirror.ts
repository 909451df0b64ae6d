/** Underlines over a textarea: a copy of its text that cannot be seen, with marks, in our own layer on top of the page. */

import { fill } from "../../../coach/playground/dom.js";
import { segments } from "../../../coach/playground/spans.js";
import { type Mark, framing, intersect, visibleArea } from "./boxes";
import type { Span } from "./spans";

const COPIED = [
  "fontFamily", "fontSize", "fontWeight", "fontStyle", "fontStretch", "fontVariant", "fontKerning", "fontFeatureSettings", "letterSpacing",
  "lineHeight", "textTransform", "wordSpacing", "textIndent", "tabSize", "textAlign", "direction", "wordBreak", "overflowWrap", "whiteSpace",
  "paddingTop", "paddingRight", "paddingBottom", "paddingLeft",
] as const; // prettier-ignore

const TAIL = 80;
const DRESSED = 2_000;
const RANK = { error: 0, warning: 1, hint: 2 };

export class Mirror {
  #frame = document.createElement("div");
  #page = document.createElement("div");
  #area: HTMLTextAreaElement;
  #layer: ShadowRoot;
  #drawn = "";
  /** The part of the text that is copied: up to the last mark and a little more, which decides where its line wraps. */
  #copied = "";
  #styled = 0;
  #placed = "";

  /** Over `area`, inside `layer`. */
  constructor(area: HTMLTextAreaElement, layer: ShadowRoot) {
    this.#area = area;
    this.#layer = layer;
    this.#frame.className = "mirror";
    this.#page.className = "mirror-page";
    this.#frame.setAttribute("aria-hidden", "true");
    this.#frame.append(this.#page);
  }

  /** Draws the marks on the present text. */
  draw(marks: readonly Mark[], active: string | null): void {
    const text = this.#area.value;
    const shown = marks.filter(({ live }) => live.start < live.end && live.end <= text.length);
    if (!shown.length) {
      this.clear();
      return;
    }
    const fresh = !this.#frame.isConnected;
    if (fresh) this.#layer.append(this.#frame);
    const last = shown.reduce((most, { live }) => Math.max(most, live.end), 0);
    const copied = text.slice(0, last + TAIL);
    const sketch = JSON.stringify([active, shown.map(({ key, live, severity }) => [key, severity, live.start, live.end])]);
    if (copied !== this.#copied || sketch !== this.#drawn) {
      this.#copied = copied;
      this.#drawn = sketch;
      const pieces = (segments(text.slice(0, last), shown) as { text: string; items: Mark[] }[]).map(({ text: words, items }) => {
        if (!items.length) return words;
        const mark = document.createElement("mark");
        const [top] = [...items].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
        mark.className = items.some(({ key }) => key === active) ? "active" : (top?.severity ?? "hint");
        mark.textContent = words;
        return mark;
      });
      fill(this.#page, ...pieces, copied.slice(last));
    }
    if (fresh) this.align();
  }

  /** The textarea moved, was scrolled or changed its size. */
  align(): void {
    if (!this.#frame.isConnected) return;
    const area = this.#area;
    const { clientWidth, clientHeight, clientLeft, clientTop, scrollLeft, scrollTop } = area;
    const { x, y } = framing(area.ownerDocument);
    const rect = area.getBoundingClientRect();
    const left = rect.left + x + clientLeft;
    const top = rect.top + y + clientTop;
    const seen = intersect(visibleArea(area), new DOMRect(left, top, clientWidth, clientHeight));
    const placed = [seen.left, seen.top, seen.width, seen.height, left - seen.left - scrollLeft, top - seen.top - scrollTop, clientWidth].join(" ");
    this.#dress();
    if (placed === this.#placed) return;
    this.#placed = placed;
    Object.assign(this.#frame.style, { left: `${seen.left}px`, top: `${seen.top}px`, width: `${seen.width}px`, height: `${seen.height}px` });
    Object.assign(this.#page.style, { width: `${clientWidth}px`, transform: `translate(${left - seen.left - scrollLeft}px, ${top - seen.top - scrollTop}px)` });
  }

  /** Takes over the textarea's type, now and then. */
  #dress(): void {
    const now = performance.now();
    if (this.#styled && now - this.#styled < DRESSED) return;
    this.#styled = now;
    const style = (this.#area.ownerDocument.defaultView ?? window).getComputedStyle(this.#area);
    for (const name of COPIED) if (this.#page.style[name] !== style[name]) this.#page.style[name] = style[name];
  }

  /** Where a part of the text is in the window, as far as it can be seen. */
  rects(span: Span): DOMRect[] {
    const alone = !this.#frame.isConnected || !this.#area.value.startsWith(this.#copied) || span.end > this.#copied.length;
    if (alone) this.draw([{ key: "", severity: "hint", live: span }], null);
    this.align();
    const found = this.#range(span);
    const clip = this.#frame.getBoundingClientRect();
    const rects = found ? [...found.getClientRects()].map((rect) => intersect(clip, rect)).filter(({ width, height }) => width > 0 && height > 0) : [];
    if (alone) this.clear();
    return rects;
  }

  clear(): void {
    this.#drawn = this.#copied = this.#placed = "";
    this.#styled = 0;
    this.#page.replaceChildren();
    this.#frame.remove();
  }

  #range({ start, end }: Span): Range | null {
    const walker = document.createTreeWalker(this.#page, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let at = 0;
    let begun = false;
    for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
      const { length } = node.data;
      if (!begun && start < at + length) {
        range.setStart(node, start - at);
        begun = true;
      }
      if (begun && end <= at + length) {
        range.setEnd(node, end - at);
        return range;
      }
      at += length;
    }
    return null;
  }
}
