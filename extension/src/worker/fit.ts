/** Makes what was read fit what the server takes. */

import type { Turn } from "../contract";
import type { LimitsModel } from "../protocol";

const TURN_CHARS = 20_000;
const SHARE = 0.6;
const bytes = new TextEncoder();

type Limits = Pick<LimitsModel, "turns" | "message_bytes">;

/** `text` without lone surrogates and zero characters; of the same length. */
export const wellFormed = (text: string): string =>
  text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (unit) => (unit === "\0" ? " " : "\ufffd"));

/** The newest turns, as many as the server takes. */
export function fitted(turns: readonly Turn[], limits: Limits = { turns: 200, message_bytes: 256 * 1024 }): Turn[] {
  const kept: Turn[] = [];
  let room = limits.message_bytes * SHARE;
  for (const turn of turns.slice(-limits.turns).reverse()) {
    const text = wellFormed(turn.text).slice(0, TURN_CHARS).replace(/[\ud800-\udbff]$/, "");
    room -= bytes.encode(text).length * 1.1 + 120;
    if (room < 0) break;
    kept.unshift({ ...turn, text });
  }
  return kept;
}
