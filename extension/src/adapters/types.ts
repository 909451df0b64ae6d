/** What an adapter is: selectors and roles as data. `read.ts` is the one reader of them. */

export type Role = "customer" | "agent";

/** One message of a conversation as a page shows it. `internal` messages are notes that the customer never sees. */
export interface SeenTurn {
  readonly role: Role;
  readonly text: string;
  /** ISO 8601, where the page tells it for machines. */
  readonly at?: string;
  readonly automatic?: boolean;
  readonly internal?: boolean;
}

/** What was understood of a page. */
export interface Seen {
  /** The id of the adapter that read. */
  readonly site: string;
  /** The ticket's number, where the address or the page tells it. */
  readonly ticket: string | null;
  readonly turns: readonly SeenTurn[];
  /** Messages left out because nothing tells safely who wrote them, or whether the customer sees them. */
  readonly unclear: number;
  /** Messages whose text is not on the page until somebody opens them. */
  readonly folded: number;
  /** The reply box, if it is there. */
  readonly editor: HTMLElement | null;
  /** Whether what is written there stays inside the helpdesk. */
  readonly internalNote: boolean;
}

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

/** A reply box: the editable element, or with `frame` the editable body of that iframe. */
export interface EditorSpec {
  readonly box: string;
  readonly frame?: boolean;
}

/** How sure the selectors are: tried in the running program, read in its source, or read in scripts that others wrote for it. */
export type Evidence = "run" | "source" | "scripts";

export interface Adapter {
  readonly id: string;
  readonly name: string;
  readonly evidence: Evidence;
  /** All that is given must hold. */
  readonly fits: { readonly host?: string; readonly path?: string; readonly has?: string };
  /** The ticket's number: the first group of this expression, in the page's address. */
  readonly ticket?: string;
  /** Where on the page this ticket is; `{id}` is its number. */
  readonly scope?: string;
  /** Addresses of the same origin that hold the conversation where the page itself does not show it. */
  readonly pages?: readonly string[];
  readonly records?: RecordSpec;
  readonly turns: readonly TurnSpec[];
  /** Best first; the first that shows is taken. Without any, every reply box of the page counts. */
  readonly editors: readonly EditorSpec[];
  /** When the box holds an internal note: selectors for elements that are there exactly then, asked within `scope`. */
  readonly note?: readonly { readonly within?: string; readonly when: Test }[];
}
