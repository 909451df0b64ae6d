/** Arithmetic on spans, shared with the playground. */

export { applied, combine, difference, movedCaret, remap } from "../../../coach/playground/spans.js";

/** `[start, end)` in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}
