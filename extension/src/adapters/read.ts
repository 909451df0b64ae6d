/** The one reader of all adapters. */

import type { Reading, Turn } from "../contract";
import { generic } from "./sites/generic";
import { QUOTED, textOf, withoutQuotes } from "./text";
import type { Adapter, EditorSpec, RecordSpec, Sign, Source, Test, TurnSpec } from "./types";

export type Said = Pick<Reading, "turns" | "unclear" | "folded">;
export type BoxReading = Omit<Reading, keyof Said>;

export const NOTHING: Said = { turns: [], unclear: 0, folded: 0 };

interface Told {
  readonly at: string;
  readonly kind: string;
}

interface Ticket {
  readonly id: string;
  readonly base: string;
}

/** What the page shows of the ticket that is open. `present`: the box that was taken last. */
export function readPage(document: Document, adapter: Adapter, present: Element | null): Reading {
  const box = readBox(document, adapter, present);
  return { ...box, ...(box.site === adapter.id ? readSaid(document, adapter) : NOTHING) };
}

/** The reply box, without what was said. */
export function readBox(document: Document, adapter: Adapter, present: Element | null): BoxReading {
  const ticket = ticketOf(document, adapter);
  const roots = scopesOf(document, adapter, ticket);
  const box = replyBox(document, roots, adapter, present);
  const { id: site, pages = [], records } = box?.loose ? generic : adapter;
  return {
    site,
    conversation: box?.loose ? "" : conversationOf(document, adapter, ticket),
    elsewhere: ticket && !box?.loose ? [...pages, ...(records ? [records.url] : [])].map((url) => filled(url, ticket)) : [],
    editor: box?.element ?? null,
    internalNote: box !== null && !box.loose && isNote(box.element, roots, adapter),
    closing: thereIs(roots, adapter.closing),
  };
}

/** What was said in the ticket that is open. */
export function readSaid(document: Document, adapter: Adapter): Said {
  return said(scopesOf(document, adapter, ticketOf(document, adapter)), adapter, null);
}

/** Whether `editor`, read before, still is a reply in the same ticket. Cheap: asked before anything that the agent wrote leaves the page. */
export function stillReply(document: Document, adapter: Adapter, { site, conversation, editor }: Pick<Reading, "site" | "conversation" | "editor">): boolean {
  const fits = (loose: boolean): boolean => editor !== null && adapter.editors.some((spec) => (spec.loose ?? false) === loose && editor.matches(spec.box));
  if (adapter === generic) return site === generic.id;
  if (site !== adapter.id) return fits(true);
  const ticket = ticketOf(document, adapter);
  const roots = scopesOf(document, adapter, ticket);
  const same = conversationOf(document, adapter, ticket) === conversation;
  return same && fits(false) && roots.some((root) => root.contains(editor)) && editor !== null && !isNote(editor, roots, adapter);
}

/** The conversation in the answers to `Reading.elsewhere`. */
export function readFetched(answers: readonly (string | null)[], adapter: Adapter): Said {
  const count = adapter.pages?.length ?? 0;
  const pages = answers.slice(0, count).flatMap((text) => (text === null ? [] : [new DOMParser().parseFromString(text, "text/html")]));
  const records = adapter.records ? recordsOf(answers[count] ?? null, adapter.records) : null;
  return said(pages, adapter, records);
}

function ticketOf(document: Document, { ticket }: Adapter): Ticket | null {
  const groups = ticket?.address ? new RegExp(ticket.address).exec(document.location?.href ?? "")?.groups : undefined;
  const id = groups?.["id"] ?? (ticket?.page ? [...valuesOf([document], [ticket.page])][0] : undefined);
  return id ? { id, base: groups?.["base"] ?? "" } : null;
}

const conversationOf = (document: Document, adapter: Adapter, ticket: Ticket | null): string =>
  ticket ? `${adapter.id}:${document.location?.host ?? ""}${ticket.base}:${ticket.id}` : "";

const filled = (template: string, { id, base }: Ticket): string => template.replaceAll("{id}", encodeURIComponent(id)).replaceAll("{base}", base);

function scopesOf(document: Document, { scope }: Adapter, ticket: Ticket | null): ParentNode[] {
  if (!scope) return [document];
  if (!ticket) return [];
  return [...document.querySelectorAll(scope.replaceAll("{id}", CSS.escape(ticket.id)))];
}

interface Box {
  readonly element: Element;
  readonly loose: boolean;
}

/** The box that has the focus; else the one taken last; else the first that belongs to the ticket. */
function replyBox(document: Document, roots: readonly ParentNode[], { editors }: Adapter, present: Element | null): Box | null {
  const shown = editors.flatMap((spec) =>
    (spec.loose ? [document] : roots).flatMap((root) => [...root.querySelectorAll(spec.box)].filter((one) => usable(one, spec)).map((element): Box => ({ element, loose: spec.loose ?? false }))),
  );
  const focused = shown.find(({ element }) => element.contains(document.activeElement));
  return focused ?? shown.find(({ element }) => element === present) ?? shown.find(({ loose }) => !loose) ?? null;
}

/** Whether only colleagues will read what is in `box`; where an adapter knows signs of both and sees neither, they alone. */
function isNote(box: Element, roots: readonly ParentNode[], { editors, note, reply }: Adapter): boolean {
  const fits = ({ box: selector }: EditorSpec): boolean => box.matches(selector) || box.closest(selector) !== null || box.querySelector(selector) !== null;
  return editors.some((spec) => spec.note && fits(spec)) || thereIs(roots, note) || (reply !== undefined && !thereIs(roots, reply));
}

function thereIs(roots: readonly ParentNode[], signs: readonly Sign[] = []): boolean {
  return signs.some((sign) =>
    roots.some((root) => {
      if (typeof sign === "string") return root.querySelector(sign) !== null;
      const part = root.querySelector(sign.part);
      const value = sign.attribute ? part?.getAttribute(sign.attribute) : part?.textContent;
      return new RegExp(sign.says, "iu").test(value ?? "");
    }),
  );
}

function usable(element: Element, { frame }: EditorSpec): boolean {
  if (element.getClientRects().length === 0) return false;
  if (!frame) return true;
  try {
    return (element as HTMLIFrameElement).contentDocument !== null;
  } catch {
    return false;
  }
}

function said(roots: readonly ParentNode[], adapter: Adapter, records: ReadonlyMap<string, Told> | null): Said {
  const turns: Turn[] = [];
  let unclear = 0;
  let folded = 0;
  for (const spec of adapter.turns) {
    const items = new Set(roots.flatMap((root) => [...root.querySelectorAll(spec.item)]));
    const read = [...items].map((item) => turnOf(item, spec, adapter, records, roots));
    unclear += read.filter((one) => one === "unclear").length;
    folded += read.filter((one) => one === "folded").length;
    turns.push(...inOrder(read.filter((one) => typeof one !== "string")));
  }
  return { turns, unclear, folded };
}

interface Read {
  readonly turn: Turn;
  readonly number: number;
}

function turnOf(item: Element, spec: TurnSpec, adapter: Adapter, records: ReadonlyMap<string, Told> | null, roots: readonly ParentNode[]): Read | "unclear" | "folded" | "skipped" {
  const holds = (test: Test): boolean => answer(item, test, roots);
  if (spec.skip?.some(holds)) return "skipped";
  const source = spec.text ? item.querySelector(spec.text) : item;
  if (!source) return "folded";
  const text = withoutQuotes(textOf(source, [...QUOTED, ...(spec.leave ?? [])]));
  if (!text) return "skipped";
  const role = spec.roles.find(({ when }) => holds(when))?.role;
  if (!role) return "unclear";
  const key = spec.key ? (item.getAttribute(spec.key) ?? "") : "";
  const record = records?.get(key);
  const known = adapter.records && record ? [...adapter.records.open, ...adapter.records.internal].includes(record.kind) : false;
  if (adapter.records && !known && role === "agent") return "unclear";
  const at = record?.at ?? (spec.at ? item.querySelector(spec.at.part)?.getAttribute(spec.at.attribute) : null);
  const internal = spec.internal?.some(holds) || (record !== undefined && adapter.records?.internal.includes(record.kind));
  return {
    turn: {
      role,
      text,
      ...(at && !Number.isNaN(Date.parse(at)) ? { at: new Date(at).toISOString() } : {}),
      ...(spec.automatic?.some(holds) ? { automatic: true } : {}),
      ...(internal ? { internal: true } : {}),
    },
    number: Number.parseInt(/\d+/.exec(key)?.[0] ?? "", 10),
  };
}

/** Oldest first: by time where all tell it, else by number where all have one, else as on the page. */
function inOrder(read: readonly Read[]): Turn[] {
  const timed = read.every(({ turn }) => turn.at);
  const numbered = read.every(({ number }) => !Number.isNaN(number));
  const sorted = [...read];
  if (timed) sorted.sort((a, b) => (a.turn.at ?? "").localeCompare(b.turn.at ?? "") || a.number - b.number || 0);
  else if (numbered) sorted.sort((a, b) => a.number - b.number);
  return sorted.map(({ turn }) => turn);
}

function answer(item: Element, test: Test, roots: readonly ParentNode[]): boolean {
  if (typeof test === "string") return item.matches(test);
  const part = test.part ? item.querySelector(test.part) : item;
  const value = test.attribute ? part?.getAttribute(test.attribute) : part?.textContent;
  if (value === null || value === undefined) return false;
  if ("says" in test) return new RegExp(test.says, "iu").test(value.trim());
  return valuesOf(roots, test.among).has(value.trim().toLowerCase());
}

/** The values of the first source that gives any, in lower case. */
function valuesOf(roots: readonly ParentNode[], sources: readonly Source[]): Set<string> {
  for (const { select, attribute, pattern, last } of sources) {
    const found = roots
      .flatMap((root) => [...root.querySelectorAll(select)])
      .map((element) => (attribute ? element.getAttribute(attribute) : element.textContent) ?? "")
      .flatMap((value) => (pattern ? (value.match(new RegExp(pattern, "giu")) ?? []) : [value]))
      .map((value) => value.trim().toLowerCase())
      .filter(Boolean);
    if (found.length) return new Set(last ? found.slice(-1) : found);
  }
  return new Set();
}

function recordsOf(text: string | null, spec: RecordSpec): Map<string, Told> {
  const records = new Map<string, Told>();
  try {
    const items: unknown = (JSON.parse(text ?? "null") as Record<string, unknown> | null)?.[spec.items];
    for (const item of Array.isArray(items) ? (items as Record<string, unknown>[]) : []) {
      records.set(String(item[spec.key]), { at: String(item[spec.at] ?? ""), kind: String(item[spec.kind] ?? "") });
    }
  } catch {
    // An answer that is no JSON (a login page) is an answer that says nothing.
  }
  return records;
}
