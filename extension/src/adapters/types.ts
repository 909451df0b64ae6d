/** What an adapter is: selectors and roles as data. `read.ts` is the one reader of them. */

import type { Turn } from "../contract";

export type Role = Turn["role"];

/** Values taken from the page: an attribute of the elements found, or what `pattern` finds in their text; `last` keeps the last one only. */
export interface Source {
  readonly select: string;
  readonly attribute?: string;
  readonly pattern?: string;
  readonly last?: boolean;
}

/**
 * A yes-or-no question about an element: a selector that it matches (`:has()` looks inside), a regular expression that the text or an
 * attribute of one of its parts fits, or whether that attribute is among values found elsewhere on the page.
 */
export type Test =
  | string
  | { readonly part?: string; readonly attribute?: string; readonly says: string }
  | { readonly part: string; readonly attribute: string; readonly among: readonly Source[] };

/** Something that is on the page or not: a selector, or the first element of one whose text or attribute fits an expression. */
export type Sign = string | { readonly part: string; readonly attribute?: string; readonly says: string };

/** How one kind of message is found and read. Where tests are listed, one that holds is enough. */
export interface TurnSpec {
  readonly item: string;
  /** Where the text stands in it; without it, the whole item. */
  readonly text?: string;
  /** Parts that are no text of this message, quoted history above all. */
  readonly leave?: readonly string[];
  /** In order; the first that holds decides. Where none does, the message is unclear. */
  readonly roles: readonly { readonly role: Role; readonly when: Test }[];
  readonly internal?: readonly Test[];
  readonly automatic?: readonly Test[];
  /** Drafts and log lines. */
  readonly skip?: readonly Test[];
  readonly at?: { readonly part: string; readonly attribute: string };
  /** An attribute with the message's number: orders messages that have no time, and finds their record. */
  readonly key?: string;
}

/** A list of records that says more about the messages than the page does, read from the same origin as JSON. */
export interface RecordSpec {
  /** Address; `{id}` is the ticket's number. */
  readonly url: string;
  readonly items: string;
  readonly key: string;
  readonly at: string;
  readonly kind: string;
  /** Kinds that the customer sees, and kinds that stay inside. */
  readonly open: readonly string[];
  readonly internal: readonly string[];
}

/**
 * A reply box: the editable element, or with `frame` the iframe around it. `note`: one that only ever holds internal notes, whatever else
 * fits it. `loose`: one that belongs to no ticket on the page, taken only while it has the focus or had it last, and read like a box of any
 * other site.
 */
export interface EditorSpec {
  readonly box: string;
  readonly frame?: boolean;
  readonly note?: boolean;
  readonly loose?: boolean;
}

/** How sure the selectors are: tried in the running program, read in its source, or read in scripts that others wrote for it. */
export type Evidence = "run" | "source" | "scripts";

export interface Adapter {
  readonly id: string;
  readonly name: string;
  readonly evidence: Evidence;
  /** When it is this program: expressions for host name and path, a selector for the page. All that is given must hold. */
  readonly fits: { readonly host?: string; readonly path?: string; readonly has?: string };
  /** The ticket's number: group `id` of an expression on the address (group `base`: the folder the program lives in), else from the page. */
  readonly ticket?: { readonly address?: string; readonly page?: Source };
  /** Where on the page this ticket is; `{id}` is its number. */
  readonly scope?: string;
  /** Addresses, of the same origin, of the pages that hold the conversation where this one does not; `{base}` and `{id}` as above. */
  readonly pages?: readonly string[];
  readonly records?: RecordSpec;
  readonly turns: readonly TurnSpec[];
  readonly editors: readonly EditorSpec[];
  /** What is there exactly as long as the reply box holds an internal note. */
  readonly note?: readonly Sign[];
  /** What is there exactly as long as the reply box holds a reply. Where it is given and not there, the box is taken for a note. */
  readonly reply?: readonly Sign[];
  /** Elements that are there exactly as long as sending will close the case. */
  readonly closing?: readonly string[];
}
