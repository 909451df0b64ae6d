/** A reply box that is an editing host: Quill, CKEditor, Lexical and their kind. */

import { type Box, type Change, type Mark, type Outcome, framing, intersect, pause, until, visibleArea } from "./boxes";
import { type Flat, crossesGap, flatten, toOffset, toPoint, toRange } from "./flatten";
import { type MarkName, type Marker, markerOf } from "./highlights";
import { holdKeys } from "./hold";
import { type Span, applied, movedCaret } from "./spans";

const SELECTED = 60;
const SLOW = 180;
const TAKEN = 600;

interface Drawn {
  range: Range;
  name: MarkName;
  words: string;
}

/** Without what reads differently in a range and in the flat text. */
const plain = (text: string) => text.replace(/[\s\u200b\ufeff]+/g, "");
const squash = (text: string) => text.replace(/\s+/g, "");

type View = Window & typeof globalThis;

export class RichBox implements Box {
  readonly document: Document;
  #marker: Marker | null = null;
  #drawn = new Map<string, Drawn>();
  #flat: Flat | null = null;
  #changes: MutationObserver;

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
  }

  text(): string {
    return this.#read().text;
  }

  caret(): number | null {
    const selection = this.#selection();
    if (!selection?.focusNode) return null;
    return toOffset(this.#read(), this.element, selection.focusNode, selection.focusOffset);
  }

  rects(span: Span): DOMRect[] {
    const range = toRange(this.#read(), span.start, span.end);
    return range ? this.#seen(range) : [];
  }

  area(): DOMRect {
    return visibleArea(this.element);
  }

  paint(marks: readonly Mark[], active: string | null): void {
    const before = this.#drawn;
    const flat = this.#read();
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
    this.#changes.disconnect();
    this.#drawn.clear();
    this.#marker?.show([]);
  }

  reveal(span: Span): void {
    const range = toRange(this.#read(), span.start, span.end);
    const start = range?.startContainer;
    const element = start instanceof Element ? start : start?.parentElement;
    const [rect] = this.rects(span);
    if (!rect || rect.height === 0) element?.scrollIntoView({ block: "nearest" });
    if (this.document !== document) this.document.defaultView?.frameElement?.scrollIntoView({ block: "nearest" });
  }

  focus(): void {
    const view = this.#view();
    if (view !== window) view.focus();
    this.element.focus({ preventScroll: true });
  }

  open(span: Span): boolean {
    return !crossesGap(this.#read(), span.start, span.end);
  }

  alive(): boolean {
    return this.element.isConnected && this.document.defaultView !== null && this.element.isContentEditable;
  }

  async replace(given: Change, before: string): Promise<Outcome> {
    // A new line is the editor's own affair: the words stay in this one.
    const change = { ...given, text: given.text.replace(/\n+/g, " ") };
    const caret = this.caret();
    const held = holdKeys(this.document);
    try {
      const outcome = await this.#replace(solid(change, this.#read()), before);
      if (outcome === "stale") {
        const typed = held.take();
        if (typed) this.document.execCommand("insertText", false, typed);
        return outcome;
      }
      let at = caret === null ? change.start + change.text.length : movedCaret(caret, change);
      this.#place(at);
      for (let typed = held.take(); typed; typed = held.take()) {
        await this.#replace(solid({ start: at, end: at, text: typed }, this.#read()), this.text());
        at += typed.length;
        this.#place(at);
      }
      return outcome;
    } finally {
      held.release();
    }
  }

  /** The cascade: what the editor's model takes differs from editor to editor, so each step is checked. */
  async #replace(change: Change, before: string): Promise<Outcome> {
    const want = squash(applied(before, change));
    const now = () => squash(this.text());
    const untouched = () => this.text() === before;
    const done = () => !untouched() && now() === want;
    if (!untouched()) return "stale";
    if (applied(before, change) === before) return "done";
    const draft = this.element.closest(".DraftEditor-root, .public-DraftEditor-content") !== null;
    if (!draft) {
      const range = this.#select(change);
      if (!range) return "failed";
      await pause(SELECTED);
      if (this.text() !== before) return "stale";
      const taken = this.#announce(range, change.text);
      if (taken || !untouched()) await until(done, TAKEN);
      else if (!this.element.hasAttribute("data-slate-editor")) {
        if (change.text) this.document.execCommand("insertText", false, change.text);
        else this.document.execCommand("delete");
        await until(done, SELECTED);
      }
    }
    if (untouched()) {
      this.#select(change);
      await pause(SLOW);
      if (this.text() !== before) return "stale";
      this.#paste(change.text);
      await until(done, TAKEN);
    }
    if (done()) return "done";
    if (!untouched()) this.document.execCommand("undo");
    return "failed";
  }

  #read(): Flat {
    if (this.#changes.takeRecords().length) this.#flat = null;
    this.#flat ??= flatten(this.element);
    return this.#flat;
  }

  #select(span: Span): Range | null {
    const range = toRange(this.#read(), span.start, span.end);
    const selection = this.#selection();
    if (!range || !selection) return null;
    this.focus();
    selection.removeAllRanges();
    selection.addRange(range);
    return range;
  }

  #announce(range: Range, text: string): boolean {
    const view = this.#view();
    const event = new view.InputEvent("beforeinput", {
      bubbles: true,
      cancelable: true,
      composed: true,
      inputType: "insertReplacementText",
      data: text,
      dataTransfer: this.#carry(text),
      targetRanges: [new view.StaticRange(range)],
    });
    this.element.dispatchEvent(event);
    return event.defaultPrevented;
  }

  #paste(text: string): void {
    const view = this.#view();
    const event = new view.ClipboardEvent("paste", { bubbles: true, cancelable: true, composed: true, clipboardData: this.#carry(text) });
    this.element.dispatchEvent(event);
  }

  #carry(text: string): DataTransfer {
    const data = new (this.#view().DataTransfer)();
    data.setData("text/plain", text);
    return data;
  }

  #place(at: number): void {
    const point = toPoint(this.#read(), at);
    if (point) this.#selection()?.collapse(point.node, point.offset);
  }

  #seen(range: Range): DOMRect[] {
    const { x, y } = framing(this.document);
    const area = this.area();
    return [...range.getClientRects()]
      .map((rect) => intersect(area, new DOMRect(rect.left + x, rect.top + y, rect.width, rect.height)))
      .filter((rect) => rect.width > 0 && rect.height > 0);
  }

  #selection(): Selection | null {
    const root = this.element.getRootNode();
    const inner = root instanceof ShadowRoot ? (root as ShadowRoot & { getSelection?: () => Selection | null }).getSelection?.() : null;
    return inner ?? this.#view().getSelection();
  }

  #view(): View {
    return (this.document.defaultView ?? window) as View;
  }
}

/** `change` with a text and a range that are not empty, taken from one character beside it: editors take that more reliably. */
function solid(change: Change, flat: Flat): Change {
  if (change.text && change.start < change.end) return change;
  const holds = (at: number) => flat.pieces.some((piece) => piece.at <= at && at + 1 <= piece.at + piece.length);
  const point = (start: number, end: number) => flat.text.slice(start, end);
  let { start, end, text } = change;
  if (holds(end)) {
    const size = flat.text.codePointAt(end)! > 0xffff ? 2 : 1;
    text += point(end, end + size);
    end += size;
  } else if (start > 0 && holds(start - 1)) {
    const size = start > 1 && flat.text.codePointAt(start - 2)! > 0xffff ? 2 : 1;
    text = point(start - size, start) + text;
    start -= size;
  }
  return { start, end, text };
}
