/** The reply box, whatever it is made of. */

import type { Span } from "./spans";

/** One replacement: `text` for `[start, end)`. */
export interface Change extends Span {
  text: string;
}

/**
 * "stale": the text was not what it was taken for, nothing was done. "failed": the editor did not take it, the text is as before.
 * "kept": something would be lost that is no text. "half": the editor took a part, and did not give it back.
 */
export type Outcome = "done" | "stale" | "failed" | "kept" | "half";

export interface Box {
  readonly element: HTMLElement;
  readonly document: Document;
  /** The text as the agent sees it. */
  text(): string;
  /** Where the caret is; null if not in the box. */
  caret(): number | null;
  /** Where `[start, end)` is in the window of the top document, as far as it can be seen. */
  rects(span: Span): DOMRect[];
  /** The part of the box that can be seen, in the window of the top document. */
  area(): DOMRect;
  /** Underlines. `active` is the key of the one whose card is open. */
  paint(marks: readonly Mark[], active: string | null): void;
  /** Takes the underlines away and stops watching: the box is not used any more. */
  clear(): void;
  /** The box moved, was scrolled or changed its size. */
  align(): void;
  /** Scrolls `span` into sight. */
  reveal(span: Span): void;
  focus(): void;
  /** Whether an edit is possible there: nothing would be lost but words. */
  open(change: Change): boolean;
  /** Replaces, if the text is still `before`; the caret stays with its words. */
  replace(change: Change, before: string): Promise<Outcome>;
  /** Whether it still is in the page and may be written in. */
  alive(): boolean;
}

export interface Mark {
  key: string;
  severity: "error" | "warning" | "hint";
  live: Span;
}

/** Where the iframes around `document` put it in the window of the top document, and what of it they show. */
export function framing(document: Document): { x: number; y: number; clip: DOMRect } {
  let x = 0;
  let y = 0;
  let clip = new DOMRect(0, 0, window.innerWidth, window.innerHeight);
  for (let view = document.defaultView; view && view !== window && view.frameElement; view = view.parent as typeof view) {
    const frame = view.frameElement as HTMLElement;
    const rect = frame.getBoundingClientRect();
    x += rect.left + frame.clientLeft;
    y += rect.top + frame.clientTop;
    clip = intersect(clip, new DOMRect(rect.left + frame.clientLeft, rect.top + frame.clientTop, frame.clientWidth, frame.clientHeight));
  }
  return { x, y, clip };
}

/** What both rectangles cover; of no size where they do not meet. */
export function intersect(one: DOMRect, other: DOMRect): DOMRect {
  const left = Math.max(one.left, other.left);
  const top = Math.max(one.top, other.top);
  return new DOMRect(left, top, Math.max(0, Math.min(one.right, other.right) - left), Math.max(0, Math.min(one.bottom, other.bottom) - top));
}

const CLIPPERS_LAST = 1_000;
const clippers = new WeakMap<Element, { at: number; list: Element[] }>();

/** The ancestors that may show only a part of `element`; looked up again after a second. */
function clippersOf(element: Element): Element[] {
  const known = clippers.get(element);
  const now = performance.now();
  if (known && now - known.at < CLIPPERS_LAST) return known.list;
  const list: Element[] = [];
  for (let parent = parentOf(element); parent; parent = parentOf(parent)) {
    const { body, documentElement, defaultView } = parent.ownerDocument;
    if (parent === body || parent === documentElement) continue;
    if (/auto|scroll|hidden|clip/.test(defaultView?.getComputedStyle(parent).overflow ?? "")) list.push(parent);
  }
  clippers.set(element, { at: now, list });
  return list;
}

/** What of `element` its scrolling ancestors show, in the window of the top document. */
export function visibleArea(element: HTMLElement): DOMRect {
  const { x, y, clip } = framing(element.ownerDocument);
  const own = element.getBoundingClientRect();
  let area = intersect(clip, new DOMRect(own.left + x, own.top + y, own.width, own.height));
  for (const parent of clippersOf(element)) {
    const rect = parent.getBoundingClientRect();
    area = intersect(area, new DOMRect(rect.left + x, rect.top + y, rect.width, rect.height));
  }
  return area;
}

function parentOf(element: Element): Element | null {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `test` holds, `milliseconds` at most; says whether it does. */
export async function until(test: () => boolean, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!test()) {
    if (performance.now() >= end) return false;
    await pause(10);
  }
  return true;
}
