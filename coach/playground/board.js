/** The findings on the newest text: taken from reviews, moved along while the agent types. No DOM. */

import { remap } from "./spans.js";

const BUDGET = 3;
const RANK = { error: 0, warning: 1, hint: 2 };

const key = ({ rule, span }) => `${rule}@${span ? span.start : "missing"}`;

const byPlace = (a, b) =>
  Number(a.live === null) - Number(b.live === null) ||
  (a.live ? a.live.start - b.live.start : RANK[a.severity] - RANK[b.severity]);

/** Does `dismissal` hold back `finding`, whose span reads `words`? */
export function holds(dismissal, finding, words) {
  return dismissal.rule === finding.rule && (dismissal.scope !== "here" || (dismissal.text ?? null) === words);
}

/**
 * `items` are findings plus `key`, `live` (their span in the present text, or null when something is missing),
 * `words` (the text of the span) and `waiting` (kept from before, until the next full review).
 */
export class Board {
  text = null;
  review = null;
  items = [];

  /** Forgets everything. */
  clear() {
    this.text = null;
    this.review = null;
    this.items = [];
  }

  /** Takes a review of `text`, without what `dismissed` holds back. */
  take(review, text, dismissed) {
    const before = this.items;
    this.text = text;
    this.review = review;
    this.items = review.findings.map((finding) => ({
      ...finding,
      key: key(finding),
      live: finding.span ? { ...finding.span } : null,
      words: finding.span ? text.slice(finding.span.start, finding.span.end) : null,
      waiting: false,
    }));
    if (!review.full && text !== "") this.#keepMissing(before);
    this.withhold(dismissed);
    this.items.sort(byPlace);
  }

  /** Drops what `dismissed` holds back. */
  withhold(dismissed) {
    this.items = this.items.filter((item) => !dismissed.some((one) => holds(one, item, item.words)));
  }

  /** Moves the findings through an edit of `before`; those it touches go. */
  edit(change, before) {
    this.items = this.items
      .map((item) => (item.live ? { ...item, live: remap(item.live, change, before) } : item))
      .filter((item) => item.span === null || item.live !== null);
  }

  get visible() {
    return this.items.filter((item) => item.visible);
  }

  get quiet() {
    return this.items.filter((item) => !item.visible);
  }

  get missing() {
    return this.visible.filter((item) => item.live === null);
  }

  /** What is to be underlined: the visible items, and the one whose card is open (`active`). */
  marked(active) {
    return this.items.filter((item) => item.live && (item.visible || item.key === active));
  }

  /** The item with this key. */
  find(wanted) {
    return this.items.find((item) => item.key === wanted) ?? null;
  }

  /** Where `item` stands in its row: [place, total]. */
  place(item) {
    const row = this.#row(item);
    return [row.findIndex(({ key }) => key === item.key) + 1, row.length];
  }

  /** The item before (-1) or after (1) `item`; with null the one before or after the caret. Null when there is none. */
  step(item, direction, caret) {
    const row = this.#row(item);
    if (!row.length) return null;
    const at = row.findIndex(({ key }) => key === item?.key);
    const after = row.findIndex(({ live }) => live === null || live.end > caret);
    const start = direction > 0 ? Math.max(after, 0) : (after < 0 ? row.length : after) - 1;
    const to = at < 0 ? start : at + direction;
    return row[(to + row.length) % row.length];
  }

  /** The item that says now what `old` said before the last review, or null. */
  successor(old) {
    return (
      this.items.find(
        (item) =>
          item.rule === old.rule &&
          (item.live && old.live ? item.live.start < old.live.end && old.live.start < item.live.end : item.live === old.live),
      ) ?? null
    );
  }

  #row(item) {
    return item && !item.visible ? this.quiet : this.visible;
  }

  #keepMissing(before) {
    const room = BUDGET - this.items.filter((item) => item.visible).length;
    const kept = before.filter((item) => item.span === null && !this.items.some(({ rule }) => rule === item.rule));
    const shown = kept.filter((item) => item.visible).slice(0, Math.max(0, room));
    this.items.push(...[...shown, ...kept.filter((item) => !item.visible)].map((item) => ({ ...item, waiting: true })));
  }
}
