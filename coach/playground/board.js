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

  /** The item with this key. */
  find(wanted) {
    return this.items.find((item) => item.key === wanted) ?? null;
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

  #keepMissing(before) {
    const room = BUDGET - this.items.filter((item) => item.visible).length;
    const kept = before.filter((item) => item.span === null && !this.items.some(({ rule }) => rule === item.rule));
    const shown = kept.filter((item) => item.visible).slice(0, Math.max(0, room));
    this.items.push(...[...shown, ...kept.filter((item) => !item.visible)].map((item) => ({ ...item, waiting: true })));
  }
}
