/** Changes to be made to a text that goes on changing. */

import type { Change } from "./boxes";
import { remap } from "./spans";

/** Changes at their places in the present text; null: something touched the place. */
export type Trail = readonly (Change | null)[];

/** `trail` after the agent, or the editor, edited `before`. */
export function followed(trail: Trail, edit: Change, before: string): Trail {
  return trail.map((one) => {
    const span = one && remap(one, edit, before);
    return one && span ? { ...one, start: span.start, end: span.end } : null;
  });
}

/** `trail` after another change of the same wording, which is beside them. */
export function shifted(trail: Trail, made: Change): Trail {
  const by = made.text.length - (made.end - made.start);
  return trail.map((one) => one && (one.start >= made.end ? { ...one, start: one.start + by, end: one.end + by } : one));
}

/** What takes `change` of `before` back. */
export const inverse = (change: Change, before: string): Change => ({
  start: change.start,
  end: change.start + change.text.length,
  text: before.slice(change.start, change.end),
});
