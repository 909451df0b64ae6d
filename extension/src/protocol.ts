/** The messages of the protocol. Made from docs/protocol.schema.json by `npm run protocol`: do not edit. */

export type AnyMessage = ClientMessage | ServerMessage;
export type ClientMessage = HelloMessage | TurnMessage | DraftMessage | FeedbackMessage;
export type ServerMessage = WelcomeMessage | ReviewMessage | ErrorMessage;

/**
 * Opens the talk; sent again it replaces languages, conversation and dismissals. `interface`: the language of messages and advice, if
 * it is not to be the draft's. `zone`: IANA name of the time zone in which times of day are meant where times are given in UTC.
 */
export interface HelloMessage {
  type: "hello";
  language?: "en" | "tr" | "pl" | "auto";
  interface?: ("en" | "tr" | "pl") | null;
  zone?: string | null;
  conversation?: TurnModel[];
  dismissed?: DismissalModel[];
  key?: string | null;
  client?: string | null;
}
/**
 * One message of the conversation.
 */
export interface TurnModel {
  role: "customer" | "agent";
  text: string;
  at?: string | null;
  automatic?: boolean;
  internal?: boolean;
}
/**
 * A finding that the agent does not want to see. `here`: this rule on the wording `text`.
 */
export interface DismissalModel {
  rule: string;
  scope: "here" | "conversation" | "rule";
  text?: string | null;
}
/**
 * Appends a turn to the conversation.
 */
export interface TurnMessage {
  role: "customer" | "agent";
  text: string;
  at?: string | null;
  automatic?: boolean;
  internal?: boolean;
  type: "turn";
}
/**
 * The draft as it stands now. `full`: review it as if the agent had paused.
 */
export interface DraftMessage {
  type: "draft";
  rev: number;
  text: string;
  caret?: number | null;
  closing?: boolean;
  full?: boolean;
}
/**
 * What the agent did with a finding. Without `scope`, dismissing means `here` with a text and `conversation` without.
 */
export interface FeedbackMessage {
  type: "feedback";
  action: "dismiss" | "restore" | "applied";
  rule: string;
  scope?: ("here" | "conversation" | "rule") | null;
  text?: string | null;
}
/**
 * Answers each hello. `records`: a closed case can be recorded (`POST /v1/records`).
 */
export interface WelcomeMessage {
  type: "welcome";
  version: string;
  protocol: 1;
  languages: ("en" | "tr" | "pl")[];
  classifier: boolean;
  records?: boolean;
  limits: LimitsModel;
}
/**
 * What the server takes.
 */
export interface LimitsModel {
  message_bytes: number;
  draft_chars: number;
  turns: number;
  messages_per_second: number;
  idle_seconds: number;
}
/**
 * The review of draft `rev`.
 */
export interface ReviewMessage {
  language: "en" | "tr" | "pl";
  full: boolean;
  findings: FindingModel[];
  moves: MoveModel[];
  sequence: SequenceModel;
  type: "review";
  rev: number;
}
/**
 * One thing that a good coach would say. `span` is null where something is missing.
 */
export interface FindingModel {
  rule: string;
  family: string;
  step: string;
  severity: "error" | "warning" | "hint";
  span: SpanModel | null;
  message: string;
  why: string;
  suggestions: SuggestionModel[];
  confidence: number;
  visible: boolean;
}
/**
 * A part of the draft, `[start, end)`.
 */
export interface SpanModel {
  start: number;
  end: number;
}
/**
 * Better wording: apply all edits at once.
 */
export interface SuggestionModel {
  label: string;
  edits: EditModel[];
}
/**
 * Replace `[start, end)` of the draft by `text`.
 */
export interface EditModel {
  start: number;
  end: number;
  text: string;
}
/**
 * Something that the draft does.
 */
export interface MoveModel {
  start: number;
  end: number;
  move: string;
}
/**
 * Where the recovery stands, this draft included.
 */
export interface SequenceModel {
  failure: boolean;
  heat: number;
  severity: "trivial" | "normal" | "high" | "grave";
  repeat: boolean;
  wish: string | null;
  steps: {
    [k: string]: "open" | "draft" | "done";
  };
  gates: {
    [k: string]: GateModel;
  };
  facts: FactModel[];
  promises: PromiseModel[];
  next: NextModel | null;
}
/**
 * A gate of the sequence and what would open the way.
 */
export interface GateModel {
  state: "idle" | "open" | "passed";
  missing: string[];
}
/**
 * What the customer has given, and where: turn number `turn` of the conversation, `[start, end)` of its text.
 */
export interface FactModel {
  slot: string;
  value: string;
  turn: number;
  start: number;
  end: number;
}
/**
 * What the agent's side committed to; `turn` is null in the draft.
 */
export interface PromiseModel {
  what: string;
  turn: number | null;
  due: string | null;
  kept: boolean | null;
  overdue: boolean;
}
/**
 * The step that comes next.
 */
export interface NextModel {
  step: string;
  advice: string;
}
/**
 * Something was wrong. After `unauthorized`, `rate` and `idle` the server closes.
 */
export interface ErrorMessage {
  type: "error";
  code: string;
  message: string;
  rev?: number | null;
}
