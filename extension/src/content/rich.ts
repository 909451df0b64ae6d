/** A reply box that is an editing host: Quill, CKEditor, Lexical and their kind. */

import { type Box, type Change, type Mark, type Outcome, framing, intersect, visibleArea } from "./boxes";
import { focused } from "./find";
import { toRange } from "./flatten";
import { type MarkName, type Marker, markerOf } from "./highlights";
import { replaceIn, solid } from "./replace";
import type { Span } from "./spans";
import { Surface } from "./surface";

interface Drawn {
  range: Range;
  name: MarkName;
  words: string;
}

/** Without what reads differently in a range and in the flat text. */
const plain = (text: string) => text.replace(/[\s\u200b\ufeff]+/g, "");

export class RichBox implements Box {
  readonly document: Document;
  #on: Surface;
  #marker: Marker | null = null;
  #drawn = new Map<string, Drawn>();

  /** `onChange` is called after the content changed, by whomever. */
  constructor(
    readonly element: HTMLElement,
    onChange: () => void,
  ) {
    this.document = element.ownerDocument;
    this.#on = new Surface(element, onChange);
  }

  text(): string {
    return this.#on.text();
  }

  caret(): number | null {
    return this.element.contains(focused()) ? this.#on.caret() : null;
  }

  rects(span: Span): DOMRect[] {
    const range = toRange(this.#on.read(), span.start, span.end);
    return range ? this.#seen(range) : [];
  }

  area(): DOMRect {
    return visibleArea(this.element);
  }

  paint(marks: readonly Mark[], active: string | null): void {
    const before = this.#drawn;
    const flat = this.#on.read();
    let same = before.size === marks.length;
    this.#drawn = new Map();
    for (const { key, severity, live } of marks) {
      const name = key === active ? "active" : severity;
      const words = flat.text.slice(live.start, live.end);
      const old = before.get(key);
      if (old && old.name === name && old.words === words && plain(old.range.toString()) === plain(words)) {
        this.#drawn.set(key, old);
        continue;
      }
      const range = toRange(flat, live.start, live.end);
      if (range) this.#drawn.set(key, { range, name, words });
      same = false;
    }
    if (same) return;
    this.#marker ??= markerOf(this.element);
    this.#marker.show([...this.#drawn.values()]);
  }

  align(): void {
    // Highlights move with the text.
  }

  clear(): void {
    this.#on.stop();
    this.#drawn.clear();
    this.#marker?.show([]);
  }

  reveal(span: Span): void {
    const range = toRange(this.#on.read(), span.start, span.end);
    const start = range?.startContainer;
    const element = start instanceof Element ? start : start?.parentElement;
    const [rect] = this.rects(span);
    if (!rect || rect.height === 0) element?.scrollIntoView({ block: "nearest" });
    if (this.document !== document) this.document.defaultView?.frameElement?.scrollIntoView({ block: "nearest" });
  }

  focus(): void {
    this.#on.focus();
  }

  open(change: Change): boolean {
    return solid(change, this.#on.read()) !== null;
  }

  alive(): boolean {
    return this.element.isConnected && this.document.defaultView !== null && this.element.isContentEditable;
  }

  replace(change: Change, before: string): Promise<Outcome> {
    return replaceIn(this.#on, change, before);
  }

  #seen(range: Range): DOMRect[] {
    const { x, y } = framing(this.document);
    const area = this.area();
    return [...range.getClientRects()]
      .map((rect) => intersect(area, new DOMRect(rect.left + x, rect.top + y, rect.width, rect.height)))
      .filter((rect) => rect.width > 0 && rect.height > 0);
  }
}
