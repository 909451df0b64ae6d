/** Who said what on a page, and where the reply is written. */

import type { Read, ReadTurns } from "../contract";
import { ADAPTERS, choose } from "./choose";
import { readFetched, readPage } from "./read";

/** Reads a page by the adapter that fits it. */
export const read: Read = (document) => readPage(document, choose(document));

/** Reads what `Reading.elsewhere` answered. */
export const readTurns: ReadTurns = (answers, site) => {
  const adapter = ADAPTERS.find(({ id }) => id === site);
  return adapter ? readFetched(answers, adapter) : { turns: [], unclear: 0, folded: 0 };
};

export { ADAPTERS } from "./choose";
