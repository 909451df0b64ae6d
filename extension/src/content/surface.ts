/** An editing host: its text, and where in it the selection is. */

import { type Flat, flatten, toOffset, toPoint, toRange } from "./flatten";
import type { Span } from "./spans";

export type View = Window & typeof globalThis;

export class Surface {
  readonly document: Document;
  /** An input method composes: the text is between two states. */
  composing = false;
  #flat: Flat | null = null;
  #changes: MutationObserver;
  #ending = new AbortController();

  /** `onChange` is called after the content changed, by whomever. */
  constructor(
    readonly element: HTMLElement,
    onChange: () => void,
  ) {
    this.document = element.ownerDocument;
    this.#changes = new MutationObserver(() => {
      this.#flat = null;
      onChange();
    });
    this.#changes.observe(element, { childList: true, characterData: true, subtree: true });
    const options = { capture: true, signal: this.#ending.signal };
    element.addEventListener("compositionstart", (event) => (this.composing = event.isTrusted), options);
    element.addEventListener("compositionend", () => (this.composing = false), options);
  }

  get view(): View {
    return (this.document.defaultView ?? window) as View;
  }

  get selection(): Selection | null {
    const root = this.element.getRootNode();
    const inner = root instanceof ShadowRoot ? (root as ShadowRoot & { getSelection?: () => Selection | null }).getSelection?.() : null;
    return inner ?? this.view.getSelection();
  }

  read(): Flat {
    if (this.#changes.takeRecords().length) this.#flat = null;
    this.#flat ??= flatten(this.element);
    return this.#flat;
  }

  text(): string {
    return this.read().text;
  }

  /** Where the selection ends, also while the focus is elsewhere; null if it is not here. */
  caret(): number | null {
    const { selection } = this;
    return selection?.focusNode ? toOffset(this.read(), this.element, selection.focusNode, selection.focusOffset) : null;
  }

  /** The selection as a span. */
  selected(): Span | null {
    const { selection } = this;
    const focus = this.caret();
    const anchor = selection?.anchorNode ? toOffset(this.read(), this.element, selection.anchorNode, selection.anchorOffset) : null;
    return focus === null || anchor === null ? null : { start: Math.min(focus, anchor), end: Math.max(focus, anchor) };
  }

  focus(): void {
    if (this.view !== window) this.view.focus();
    this.element.focus({ preventScroll: true });
  }

  select(span: Span): Range | null {
    const range = toRange(this.read(), span.start, span.end);
    const { selection } = this;
    if (!range || !selection) return null;
    this.focus();
    selection.removeAllRanges();
    selection.addRange(range);
    return range;
  }

  place(at: number): void {
    const point = toPoint(this.read(), at);
    if (point) this.selection?.collapse(point.node, point.offset);
  }

  stop(): void {
    this.#changes.disconnect();
    this.#ending.abort();
  }
}
