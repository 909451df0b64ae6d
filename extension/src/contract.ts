/**
 * What the parts of the extension say to each other. Four parts: the content script (in the page), the worker (owns the socket),
 * the panel and the options page. The content script and the panel each hold a `runtime` port to the worker; nothing else talks.
 *
 *   page  --PageMessage-->   worker  --PanelMessage--> panel
 *   page  <--ToPage------    worker  <--PanelRequest-- panel, options (by `runtime.sendMessage`: OptionsRequest)
 *
 * Text and offsets: UTF-16 code units of the draft as the content script reads it.
 */

import type { DismissalModel, ReviewMessage, TurnModel, WelcomeMessage } from "./protocol";

// ---------------------------------------------------------------------------------------------------------------- the page

/** One message of the conversation, as the protocol has it. */
export type Turn = TurnModel;

/** What an adapter saw on a page. `Element`s never leave the content script. */
export interface Reading {
  /** The adapter's id ("zendesk", "rt"); "generic" where none knows the page. */
  site: string;
  /** Which ticket this is, the same as long as the ticket is open, also after a reload. "" if unknown. Dismissals are kept by it. */
  conversation: string;
  /** Oldest first. */
  turns: Turn[];
  /** Messages left out because nothing tells safely who wrote them or who reads them. */
  unclear: number;
  /** Messages whose text is not on the page until somebody opens them. */
  folded: number;
  /**
   * Addresses, of the same origin, that hold the conversation where this page does not show it (the reply page of Request Tracker).
   * Fetch them with the page's cookies, give the answers' texts to `readTurns`, and take what it returns instead of this reading's turns.
   */
  elsewhere: readonly string[];
  /**
   * The reply box: a textarea, an editing host, or the `<iframe>` of a same-origin editor.
   * null: on site "generic" take the one that has the focus; elsewhere there is none now, and other boxes of the page are not ours.
   */
  editor: Element | null;
  /** The reply box is in a mode that only colleagues read: nothing of it is sent or coached. */
  internalNote: boolean;
  /** The agent is about to close the case (the status chosen says so). */
  closing: boolean;
}

/** `src/adapters/index.ts` exports `read` and `readTurns` of these types; both are pure: they only look. `present`: the box taken last. */
export type Read = (document: Document, present?: Element | null) => Reading;
/** The turns in the `answers` to `Reading.elsewhere`, in its order, null where one could not be had; by the adapter `site`. */
export type ReadTurns = (answers: readonly (string | null)[], site: string) => Pick<Reading, "turns" | "unclear" | "folded">;

/** The reading as the worker and the panel get it. */
export interface Conversation {
  site: string;
  key: string;
  turns: Turn[];
  unclear: number;
  folded: number;
}

// ---------------------------------------------------------------------------------------------------------------- settings

export const UI_LANGUAGES = ["en", "tr", "pl"] as const;
export type UiLanguage = (typeof UI_LANGUAGES)[number];
/** The language the draft is reviewed in. */
export type DraftLanguage = "auto" | UiLanguage;

/** Kept in `chrome.storage.local` under SETTINGS_KEY, readable by our own pages only, not by content scripts. */
export interface Settings {
  /** The coach server, an http(s) address without a slash at the end. */
  server: string;
  /** API key, "" for none. */
  key: string;
  /** The language of drafts. */
  language: DraftLanguage;
  /** The language of our own texts; "auto": the browser's. */
  uiLanguage: "auto" | UiLanguage;
  /** Findings dismissed for good (scope "rule"). Those of one conversation live in `storage.session` and go with the browser. */
  dismissed: Dismissal[];
}

export const SETTINGS_KEY = "settings";
export const DEFAULTS: Settings = { server: "http://127.0.0.1:8765", key: "", language: "auto", uiLanguage: "auto", dismissed: [] };

/** Match patterns of sites, as the browser's permissions hold them: "https://desk.example.com/*". The granted ones are `chrome.permissions`' own. */
export type SitePattern = string;

export type Dismissal = DismissalModel;
export type Scope = Dismissal["scope"];

// ---------------------------------------------------------------------------------------------------------------- reviews

export type Review = Omit<ReviewMessage, "type" | "rev">;
export type Finding = Review["findings"][number];
export type Sequence = Review["sequence"];

/** A finding in the draft as it stands now. */
export interface ShownFinding extends Finding {
  /** Names it as long as it is shown. */
  key: string;
  /** Where its words are now; null where something is missing. */
  live: { start: number; end: number } | null;
  /** Its words; null where something is missing. */
  words: string | null;
  /** Known from an earlier review: shown, but not to be applied before the next full review. */
  waiting: boolean;
}

// ---------------------------------------------------------------------------------------------------------------- connection

export type ConnectionState =
  | { state: "asleep" } // nothing to review yet
  | { state: "connecting" }
  | { state: "live"; version: string; classifier: boolean }
  | { state: "waiting"; until: number } // lost; next try at `until` (Date.now() milliseconds)
  | { state: "denied" }; // the server wants a (different) key or does not allow this origin

// ---------------------------------------------------------------------------------------------------------------- commands

/** What the agent can have done, from card, keys, shortcuts or panel. `key` is a ShownFinding's. */
export type Command =
  | { do: "apply"; key: string; wording: number }
  | { do: "apply-first" } // the first wording of the finding whose card is open, else of the first finding
  | { do: "dismiss"; key: string; scope: Scope }
  | { do: "restore"; dismissal: Dismissal }
  | { do: "undo" } // takes back the last wording that was applied
  | { do: "focus"; key: string } // scrolls to the words and opens the card
  | { do: "step"; by: 1 | -1 } // to the next or previous finding
  | { do: "close" }; // closes the card

/** Why nothing could be done, or what was. The panel and the card show it in words (`notice.*`). */
export type NoticeCode = "applied" | "undone" | "stale" | "failed" | "kept" | "half" | "dismissed" | "nothing" | "too_long" | "error";
export interface Notice {
  code: NoticeCode;
  /** What the server said, for code "error". */
  message?: string;
}

// ---------------------------------------------------------------------------------------------------------------- page <-> worker

export const PAGE_PORT = "page";
/** By `chrome.tabs.sendMessage`, when somebody looks at the panel of a tab that has no port open: open it, and say everything. */
export const WAKE = { type: "wake" } as const;

/** What the page tells of itself; the worker adds the conversation and the review, which it has. `reviewed`: a review is shown. */
export type PageView = Omit<PageState, "conversation" | "review"> & { reviewed: boolean };

/** What the content script reads besides drafts: all the panel needs to show "what I see". */
export interface PageState {
  site: string;
  conversation: Conversation | null;
  /** "none": no reply box seen yet; "internal": a note that customers do not read; "off": the box opted out or is read-only. */
  box: "none" | "ready" | "internal" | "off";
  /** The text that `review` belongs to, moved along with later typing; "" before the first review. */
  text: string;
  findings: ShownFinding[];
  /** The newest review without its findings; null before the first. */
  review: Omit<Review, "findings"> | null;
  /** Dismissals in force here. */
  dismissed: Dismissal[];
  canUndo: boolean;
  notice: Notice | null;
}

export type PageMessage =
  | { type: "conversation"; conversation: Conversation }
  | { type: "draft"; text: string; caret: number | null; closing: boolean; full: boolean }
  | { type: "quiet" } // the reply box is gone or became an internal note: forget the draft
  | { type: "dismiss"; dismissal: Dismissal }
  | { type: "restore"; dismissal: Dismissal }
  | { type: "applied"; rule: string }
  | { type: "state"; state: PageView }
  | { type: "open"; what: "rule"; rule: string; language: UiLanguage }
  | { type: "open"; what: "options" };

export type ToPage =
  | { type: "start"; uiLanguage: UiLanguage }
  | { type: "dismissed"; dismissed: Dismissal[] }
  | { type: "connection"; connection: ConnectionState }
  | { type: "review"; conversation: string; text: string; review: Review | null } // `conversation`: the key of the one it was made for; null: says what the last one said
  | { type: "notice"; notice: Notice }
  | { type: "command"; command: Command }
  | { type: "stop" }; // the site was taken back: leave the page

// ---------------------------------------------------------------------------------------------------------------- panel <-> worker

export const PANEL_PORT = "panel";

/** Everything the panel shows; sent whole after each change. */
export interface PanelState {
  /** The tab beside the panel; null for sites that were not allowed: the browser does not tell their address. */
  tab: { host: string } | null;
  connection: ConnectionState;
  /** null as long as the content script has not spoken. */
  page: PageState | null;
  settings: { uiLanguage: "auto" | UiLanguage; language: DraftLanguage; server: string };
}

export type PanelMessage = { type: "state"; state: PanelState };

export type PanelRequest =
  | { type: "command"; command: Command }
  | { type: "watch"; tab: number | null } // null: the active tab of the window (what the real panel wants)
  | { type: "open"; what: "rule"; rule: string; language: UiLanguage }
  | { type: "open"; what: "options" };

// ---------------------------------------------------------------------------------------------------------------- options -> worker

/** By `chrome.runtime.sendMessage`, answered with the type beside it. Permissions are asked for in the page itself (a click is needed). */
export interface OptionsRequests {
  /** Says hello to the server with these settings, and tells how it went. */
  test: { request: { type: "test"; server: string; key: string }; answer: TestResult };
  /** The origin the operator has to allow: `COACH_ORIGINS=chrome-extension://ID`. */
  about: { request: { type: "about" }; answer: { origin: string; version: string; unassigned: string[] } };
}
export type OptionsRequest = OptionsRequests[keyof OptionsRequests]["request"];

export type TestResult =
  | { ok: true; version: string; classifier: boolean; languages: WelcomeMessage["languages"] }
  /** "unreachable": also where a server does not let our origin in; the browser does not tell the two apart. */
  | { ok: false; why: "unreachable" | "denied" | "not_a_coach" | "bad_address" };
