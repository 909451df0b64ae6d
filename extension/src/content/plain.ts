/** A reply box that is a textarea. */

import { type Box, type Change, type Mark, type Outcome, framing, visibleArea } from "./boxes";
import { focused } from "./find";
import { Mirror } from "./mirror";
import { type Span, applied, difference, movedCaret } from "./spans";

export class PlainBox implements Box {
  readonly document: Document;
  #mirror: Mirror;

  constructor(
    readonly element: HTMLTextAreaElement,
    layer: ShadowRoot,
  ) {
    this.document = element.ownerDocument;
    this.#mirror = new Mirror(element, layer);
  }

  text(): string {
    return this.element.value;
  }

  caret(): number | null {
    return focused() === this.element ? this.element.selectionEnd : null;
  }

  rects(span: Span): DOMRect[] {
    return this.#mirror.rects(span);
  }

  area(): DOMRect {
    return visibleArea(this.element);
  }

  paint(marks: readonly Mark[], active: string | null): void {
    this.#mirror.draw(marks, active);
  }

  /** The box moved or was scrolled. */
  align(): void {
    this.#mirror.align();
  }

  clear(): void {
    this.#mirror.clear();
  }

  reveal(span: Span): void {
    const [rect] = this.rects(span);
    if (rect) return;
    const { y } = framing(this.document);
    const box = this.element.getBoundingClientRect();
    if (box.top + y < 0 || box.bottom + y > innerHeight) this.element.scrollIntoView({ block: "nearest" });
    if (this.rects(span).length) return;
    const { scrollTop } = this.element;
    this.element.scrollTop = 0;
    const lines = this.text().slice(0, span.start).length / Math.max(1, this.text().length);
    this.element.scrollTop = Math.max(0, lines * this.element.scrollHeight - this.element.clientHeight / 2);
    if (!this.rects(span).length) this.element.scrollTop = scrollTop;
  }

  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  open(): boolean {
    return true;
  }

  alive(): boolean {
    return this.element.isConnected && !this.element.readOnly && !this.element.disabled;
  }

  async replace(change: Change, before: string): Promise<Outcome> {
    const area = this.element;
    if (area.value !== before) return "stale";
    const want = applied(before, change);
    const { selectionStart, selectionEnd, scrollTop } = area;
    const caret = this.caret() === null ? change.start + change.text.length : movedCaret(selectionEnd, change);
    area.focus({ preventScroll: true });
    area.setSelectionRange(change.start, change.end);
    if (change.text) this.document.execCommand("insertText", false, change.text);
    else this.document.execCommand("delete");
    if (area.value === before && want !== before) this.#put(change);
    const done = area.value === want;
    if (!done && area.value !== before) {
      this.document.execCommand("undo");
      if (area.value !== before) this.#put(difference(area.value, before));
    }
    if (done) area.setSelectionRange(caret, caret);
    else area.setSelectionRange(selectionStart, selectionEnd);
    area.scrollTop = scrollTop;
    return done ? "done" : area.value === before ? "failed" : "half";
  }

  #put({ start, end, text }: Change): void {
    this.element.setRangeText(text, start, end, "end");
    this.element.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText", data: text }));
  }
}
