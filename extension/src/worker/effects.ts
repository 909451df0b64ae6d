/** What goes into a talk and what comes out of it. */

import { isServerMessage } from "validators";
import type { ConnectionState, DraftLanguage, Notice, Review, UiLanguage } from "../contract";
import type { ServerMessage } from "../protocol";

export type Effect =
  | { do: "connect" }
  | { do: "send"; message: string }
  | { do: "close" }
  | { do: "review"; conversation: string; text: string; review: Review }
  | { do: "connection"; connection: ConnectionState }
  | { do: "notice"; notice: Notice };

export interface NewDraft {
  text: string;
  caret: number | null;
  closing: boolean;
  full: boolean;
}

export interface Identity {
  key: string;
  language: DraftLanguage;
  /** The language of messages and advice. */
  interface: UiLanguage;
  /** The agent's time zone: what clock "by 16:00" is on. */
  zone: string;
  client: string;
}

/** A message of the server; null: what came is none. */
export function parse(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    return isServerMessage(message) ? message : null;
  } catch {
    return null;
  }
}
