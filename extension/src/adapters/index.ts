/** Who said what on a page, and where the reply is written. */

import type { Read, Reading, ReadTurns } from "../contract";
import { ADAPTERS, choose } from "./choose";
import * as reader from "./read";

/** Reads a page by the adapter that fits it. */
export const read: Read = (document, present = null) => reader.readPage(document, choose(document), present);

/** Reads where the reply is written, without what was said. */
export const readBox = (document: Document, present: Element | null): reader.BoxReading => reader.readBox(document, choose(document), present);

/** Reads what was said, if `site` is the adapter that fits the page. */
export const readSaid = (document: Document, site: string): reader.Said => {
  const adapter = choose(document);
  return adapter.id === site ? reader.readSaid(document, adapter) : reader.NOTHING;
};

/** Whether the box of `reading` still is a reply in the same ticket. */
export const stillReply = (document: Document, reading: Reading): boolean => reader.stillReply(document, choose(document), reading);

/** Reads what `Reading.elsewhere` answered. */
export const readTurns: ReadTurns = (answers, site) => {
  const adapter = ADAPTERS.find(({ id }) => id === site);
  return adapter ? reader.readFetched(answers, adapter) : reader.NOTHING;
};

export { ADAPTERS } from "./choose";
