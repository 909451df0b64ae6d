/** Pure arithmetic on spans and edits, in UTF-16 units. */

const WORD = /[\p{L}\p{N}\p{M}_]/u;

const joins = (left, right) => Boolean(left && right && WORD.test(left) && WORD.test(right));

/** What changed from `before` to `after`, as one replacement {start, end, text}. `caret` in `after` settles repeated characters. */
export function difference(before, after, caret = after.length) {
  const shorter = Math.min(before.length, after.length);
  const same = (tail) => before[before.length - 1 - tail] === after[after.length - 1 - tail];
  let tail = 0;
  let head = 0;
  while (tail < Math.min(shorter, after.length - caret) && same(tail)) tail += 1;
  while (head < shorter - tail && before[head] === after[head]) head += 1;
  while (tail < shorter - head && same(tail)) tail += 1;
  return { start: head, end: before.length - tail, text: after.slice(head, after.length - tail) };
}

/** `span` of `before` moved through `change`, or null where the change touches it. */
export function remap(span, change, before) {
  const { start, end, text } = change;
  if (start === end && text === "") return span;
  const shift = text.length - (end - start);
  if (span.end < start) return span;
  if (span.end === start && !joins(before[start - 1], text[0] ?? before[end])) return span;
  if (span.start > end) return { start: span.start + shift, end: span.end + shift };
  if (span.start === end && !joins(text.at(-1) ?? before[start - 1], before[end])) {
    return { start: span.start + shift, end: span.end + shift };
  }
  return null;
}

/** All `edits` of `text` as one replacement of the smallest range that covers them. */
export function combine(text, edits) {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const start = sorted[0].start;
  const end = Math.max(...sorted.map((edit) => edit.end));
  let result = text.slice(start, end);
  for (const edit of sorted.reverse()) {
    result = result.slice(0, edit.start - start) + edit.text + result.slice(edit.end - start);
  }
  return { start, end, text: result };
}

/** `text` after the replacement `change`. */
export const applied = (text, change) => text.slice(0, change.start) + change.text + text.slice(change.end);

/** Where a caret belongs after `change`: unmoved before it, at its end inside it, shifted behind it. */
export function movedCaret(caret, change) {
  if (caret < change.start) return caret;
  if (caret <= change.end) return change.start + change.text.length;
  return caret + change.text.length - (change.end - change.start);
}

/** `text` cut where any of `items` (each with `live` {start, end}) begins or ends: [{text, items}]. */
export function segments(text, items) {
  const cuts = new Set([0, text.length]);
  for (const { live } of items) cuts.add(live.start).add(live.end);
  const edges = [...cuts].filter((at) => at >= 0 && at <= text.length).sort((a, b) => a - b);
  return edges.slice(1).map((end, index) => ({
    text: text.slice(edges[index], end),
    items: items.filter(({ live }) => live.start <= edges[index] && end <= live.end),
  }));
}
