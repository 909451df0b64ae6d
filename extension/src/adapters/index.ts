/** Who said what on a page. Placeholder until the adapters are there: the reply box only. */

import type { Read, ReadTurns } from "../contract";

export const read: Read = () => ({
  site: "generic",
  conversation: "",
  turns: [],
  elsewhere: null,
  editor: null,
  internalNote: false,
  closing: false,
});

export const readTurns: ReadTurns = () => [];
