/** An editing host as flat text, and the way back from offsets to places in the document. */

import type { Span } from "./spans";

const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN OL P PRE SECTION TABLE TBODY TD TH TR UL".split(" "),
);
/** Pictures, fields and the like, and what is not shown. */
const UNREAD = new Set(
  "AUDIO BUTTON CANVAS EMBED IFRAME IMG INPUT MATH METER NOSCRIPT OBJECT PROGRESS SCRIPT SELECT STYLE SVG TEMPLATE TEXTAREA TITLE VIDEO".split(" "),
);
/** Older messages and placeholders: not what the agent writes. */
const QUOTED = 'blockquote[type="cite"], .gmail_quote, .gmail_quote_container, .moz-cite-prefix, .zendesk_quoted, [data-slate-placeholder], [aria-hidden="true"]';
const UNSEEN = /[\u200b\ufeff]/;

/** `length` units of `node` from `from` stand at `at` of the text. */
export interface Piece {
  at: number;
  node: Text;
  from: number;
  length: number;
}

export interface Flat {
  text: string;
  pieces: Piece[];
  /** Line breaks and empty blocks: where in the text they begin. */
  spots: { at: number; node: Element }[];
  /** Where something is that is no text, or text that cannot be edited: an edit must not reach across or into it. */
  gaps: Span[];
  /** Links: an edit must stay inside or outside. */
  links: Span[];
  /** Where each element begins. */
  starts: Map<Node, number>;
}

/** The text of `root`: blocks and `<br>` become line breaks, no-break spaces spaces; quoted messages are left out. */
export function flatten(root: Element): Flat {
  const flat: Flat = { text: "", pieces: [], spots: [], gaps: [], links: [], starts: new Map() };
  const parts: string[] = [];
  let length = 0;
  let last = "\n";
  let locked = false;
  const add = (text: string) => {
    if (!text) return;
    parts.push(text);
    length += text.length;
    last = text.charAt(text.length - 1);
  };
  const line = () => {
    if (length && last !== "\n") add("\n");
  };
  const gap = (start = length) => flat.gaps.push({ start, end: length });
  const words = (node: Text) => {
    const { data } = node;
    if (data.includes("\n") && !keepsBreaks(node)) {
      if (!/[^\s]/.test(data) && last === "\n") return;
      run(node, data.replace(/[\n\t\r]/g, " "));
    } else run(node, data);
  };
  const run = (node: Text, data: string) => {
    const shown = data.replace(/[\u00a0\u202f]/g, " ");
    if (!UNSEEN.test(shown)) {
      if (shown) flat.pieces.push({ at: length, node, from: 0, length: shown.length });
      add(shown);
      return;
    }
    for (const match of shown.matchAll(/[^\u200b\ufeff]+/g)) {
      flat.pieces.push({ at: length, node, from: match.index, length: match[0].length });
      add(match[0]);
    }
  };
  const walk = (parent: Node) => {
    for (let node = parent.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 3) {
        const start = length;
        words(node as Text);
        if (locked) gap(start);
      } else if (node.nodeType === 1) element(node as Element);
    }
  };
  const element = (node: Element) => {
    const tag = node.tagName.toUpperCase();
    if (tag === "BR") {
      flat.starts.set(node, length);
      flat.spots.push({ at: length, node });
      add("\n");
    } else if (UNREAD.has(tag)) {
      flat.starts.set(node, length);
      gap();
    } else if (node.matches(QUOTED)) {
      gap();
    } else {
      const block = BLOCKS.has(tag);
      if (block) line();
      flat.starts.set(node, length);
      const before = length;
      const outside = locked;
      const editable = node.getAttribute("contenteditable");
      if (editable !== null) locked = editable === "false";
      if (locked !== outside || tag === "HR") gap();
      walk(node);
      if (locked !== outside) gap();
      locked = outside;
      if (tag === "A" && node.hasAttribute("href")) flat.links.push({ start: before, end: length });
      if (block && length === before && !node.firstChild) flat.spots.push({ at: length, node });
      if (block) line();
    }
  };
  flat.starts.set(root, 0);
  walk(root);
  flat.text = parts.join("");
  if (flat.text.endsWith("\n")) flat.text = flat.text.slice(0, -1);
  return flat;
}

function keepsBreaks(node: Text): boolean {
  const parent = node.parentElement;
  const style = parent && parent.ownerDocument.defaultView?.getComputedStyle(parent);
  return Boolean(style && /pre|break-spaces/.test(style.whiteSpace));
}

/** The last piece that begins at or before `at`, as an index; -1 if there is none. */
function before(pieces: readonly Piece[], at: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The characters `[start, end)` as a range, or null where they are not in the document. */
export function toRange(flat: Flat, start: number, end: number): Range | null {
  if (start === end) {
    const point = toPoint(flat, start);
    if (!point) return null;
    const range = point.node.ownerDocument!.createRange();
    range.setStart(point.node, point.offset);
    return range;
  }
  const { pieces } = flat;
  let first = before(pieces, start);
  if (first < 0 || start >= pieces[first]!.at + pieces[first]!.length) first += 1;
  let final = before(pieces, end);
  if (final >= 0 && pieces[final]!.at === end) final -= 1;
  const from = pieces[first];
  const to = pieces[final];
  if (!from || !to || final < first) return null;
  const range = from.node.ownerDocument.createRange();
  range.setStart(from.node, from.from + Math.max(0, start - from.at));
  range.setEnd(to.node, to.from + Math.min(to.length, end - to.at));
  return range;
}

/** A place for the caret at offset `at`. */
export function toPoint(flat: Flat, at: number): { node: Node; offset: number } | null {
  const { pieces, spots } = flat;
  const piece = pieces[before(pieces, at)];
  if (piece && at <= piece.at + piece.length) {
    const earlier = pieces[before(pieces, at) - 1];
    if (at === piece.at && earlier && earlier.at + earlier.length === at) return { node: earlier.node, offset: earlier.from + earlier.length };
    return { node: piece.node, offset: piece.from + at - piece.at };
  }
  const spot = spots.find((one) => one.at === at);
  if (spot) {
    if (spot.node.tagName !== "BR") return { node: spot.node, offset: 0 };
    const parent = spot.node.parentNode!;
    return { node: parent, offset: [...parent.childNodes].indexOf(spot.node) };
  }
  if (piece) return { node: piece.node, offset: piece.from + piece.length };
  const next = pieces[0];
  return next ? { node: next.node, offset: next.from } : null;
}

/** The offset of a place in the document, or null where it is outside. */
export function toOffset(flat: Flat, root: Element, node: Node, offset: number): number | null {
  if (!root.contains(node)) return null;
  if (node.nodeType === 3) {
    let near: number | null = null;
    for (const piece of flat.pieces) {
      if (piece.node !== node) continue;
      if (offset < piece.from) return near ?? piece.at;
      if (offset <= piece.from + piece.length) return piece.at + offset - piece.from;
      near = piece.at + piece.length;
    }
    return near ?? following(flat, root, node);
  }
  const child = node.childNodes[offset];
  if (child) return child.nodeType === 3 ? toOffset(flat, root, child, 0) : (flat.starts.get(child) ?? following(flat, root, child));
  const inside = flat.pieces.filter((piece) => node.contains(piece.node)).at(-1);
  if (inside) return inside.at + inside.length;
  return flat.starts.get(node) ?? following(flat, root, node);
}

/** The offset of the first text behind `node`. */
function following(flat: Flat, root: Element, node: Node): number {
  for (const piece of flat.pieces) {
    if (node.compareDocumentPosition(piece.node) & Node.DOCUMENT_POSITION_FOLLOWING && root.contains(piece.node)) return piece.at;
  }
  return flat.text.length;
}

/** Whether an edit of `[start, end)` would take something away that is no text, or a link. */
export function crossesGap(flat: Flat, start: number, end: number): boolean {
  const meets = (one: Span) => start < one.end && one.start < end;
  return flat.gaps.some((gap) => meets(gap) || (start < gap.start && gap.start < end)) || flat.links.some((link) => meets(link) && !(link.start < start && end < link.end));
}
