/**
 * One conversation with the coach over one socket, sans-I/O: no socket, no timer, no clock. What happens goes in with the time `now`
 * (milliseconds that never go back), what is to be done comes out as effects. `due` says when `tick` has something to do.
 */

import { isClientMessage } from "validators";
import type { ConnectionState, Conversation, Dismissal } from "../contract";
import type { ClientMessage, ServerMessage, WelcomeMessage } from "../protocol";
import { type Effect, type Identity, type NewDraft, parse } from "./effects";
import { fitted, wellFormed } from "./fit";

export const HEARTBEAT = 20_000;
/** A hello that nobody answers for so long means that the line is dead. */
export const SILENCE = 10_000;
/** Without a word of the agent for so long the socket is closed. */
export const SLEEP = 600_000;
const ACTIVE = 60_000;
const FIRST_WAIT = 250;
const SHORT_WAIT = 1_000;
const LONG_WAIT = 30_000;
const WINDOW = 1_000;

type Phase = "asleep" | "connecting" | "open" | "waiting" | "denied";

export class Talk {
  #phase: Phase = "asleep";
  #identity: Identity;
  #conversation: Conversation | null = null;
  #dismissed: readonly Dismissal[] = [];
  #draft: NewDraft | null = null;
  #rev = 0;
  #sent: { rev: number; text: string } | null = null;
  #pending = false;
  #used = 0;
  #heard = 0;
  #spoken = 0;
  #asked: number | null = null;
  #retry = 0;
  #wait = FIRST_WAIT;
  #times: number[] = [];
  #long = false;
  #rate = 20;
  #welcome: WelcomeMessage | null = null;
  #random: () => number;

  constructor(identity: Identity, random: () => number = Math.random) {
    this.#identity = identity;
    this.#random = random;
  }

  get connection(): ConnectionState {
    if (this.#phase === "open") {
      const welcome = this.#welcome;
      return welcome ? { state: "live", version: welcome.version, classifier: welcome.classifier } : { state: "connecting" };
    }
    return this.#phase === "waiting" ? { state: "waiting", until: this.#retry } : { state: this.#phase };
  }

  /** Who speaks, in which language; a change starts anew. */
  identify(identity: Identity, now: number, elsewhere = false): Effect[] {
    this.#identity = identity;
    if (this.#phase === "asleep") return [];
    this.#wait = FIRST_WAIT;
    if (this.#phase === "open" && !elsewhere) return this.#again(now);
    return this.#draft ? [...this.#drop(), ...this.#connect(now)] : this.#sleep();
  }

  /** What was said; the newest draft is reviewed anew if it is another conversation or there is more of it. */
  converse(conversation: Conversation, dismissed: readonly Dismissal[], now: number): Effect[] {
    const same = JSON.stringify(conversation) === JSON.stringify(this.#conversation);
    if (conversation.key !== this.#conversation?.key) this.hush();
    this.#conversation = conversation;
    this.#dismissed = dismissed;
    return same || this.#phase !== "open" ? [] : this.#again(now);
  }

  /** The agent typed. Only the newest draft counts. */
  write(draft: NewDraft, now: number): Effect[] {
    this.#draft = { ...draft, text: wellFormed(draft.text), full: draft.full || (this.#pending && (this.#draft?.full ?? false)) };
    this.#pending = true;
    this.#used = now;
    if (this.#phase === "asleep") return this.#connect(now);
    if (this.#phase === "waiting" && this.#retry - now > SHORT_WAIT) {
      this.#retry = now + SHORT_WAIT * this.#random();
      return [this.#told()];
    }
    return this.#flush(now);
  }

  /** There is no draft any more. */
  hush(): void {
    this.#draft = null;
    this.#pending = false;
    this.#sent = null;
    this.#long = false;
  }

  /** Other dismissals are in force: the server withholds by its own list. */
  withhold(dismissed: readonly Dismissal[], now: number): Effect[] {
    const same = JSON.stringify(dismissed) === JSON.stringify(this.#dismissed);
    this.#dismissed = dismissed;
    return same || this.#phase !== "open" ? [] : this.#again(now);
  }

  /** A finding was dismissed, brought back, or one of its wordings used. */
  feedback(action: "dismiss" | "restore" | "applied", finding: { rule: string; scope?: Dismissal["scope"]; text?: string | null }, dismissed: readonly Dismissal[], now: number): Effect[] {
    this.#dismissed = dismissed;
    return this.#phase === "open" && this.#welcome ? this.#say({ type: "feedback", action, ...finding }, now) : [];
  }

  /** The socket is open. */
  opened(now: number): Effect[] {
    if (this.#phase !== "connecting") return [{ do: "close" }];
    this.#phase = "open";
    this.#heard = now;
    this.#welcome = null;
    return this.#again(now);
  }

  /** A message came. What is no message of the protocol is passed over. */
  received(data: unknown, now: number): Effect[] {
    if (this.#phase !== "open") return [];
    const message = parse(data);
    if (!message) return [];
    this.#heard = now;
    if (message.type === "welcome") return this.#welcomed(message);
    if (message.type === "review") return this.#reviewed(message);
    return this.#refused(message);
  }

  /** The socket is closed, or could not be opened. */
  closed(now: number): Effect[] {
    if (this.#phase !== "connecting" && this.#phase !== "open") return [];
    this.#welcome = null;
    this.#sent = null;
    this.#asked = null;
    if (!this.#draft) return this.#sleep();
    const active = now - this.#used < ACTIVE;
    this.#phase = "waiting";
    this.#retry = now + Math.round(this.#wait * (0.75 + this.#random() / 2));
    this.#wait = Math.min(this.#wait * 2, active ? SHORT_WAIT : LONG_WAIT);
    return [this.#told()];
  }

  /** When there is something to do without being told; null: never. */
  due(): number | null {
    if (this.#phase === "waiting") return this.#retry;
    if (this.#phase === "connecting") return this.#spoken + SILENCE;
    if (this.#phase !== "open") return null;
    const times = [this.#spoken + HEARTBEAT, this.#used + SLEEP];
    if (this.#asked !== null) times.push(this.#asked + SILENCE);
    if (this.#pending && this.#draft && this.#welcome) times.push((this.#times[0] ?? 0) + WINDOW);
    return Math.min(...times);
  }

  /** Time has passed, maybe much of it: the machine may have slept. */
  tick(now: number): Effect[] {
    if (this.#phase === "waiting") return now >= this.#retry ? this.#connect(now) : [];
    if (this.#phase === "connecting") return now >= this.#spoken + SILENCE ? [...this.#drop(), ...this.closed(now)] : [];
    if (this.#phase !== "open") return [];
    if (this.#asked !== null && now >= this.#asked + SILENCE) return [...this.#drop(), ...this.closed(now)];
    if (now >= this.#used + SLEEP) return this.#sleep();
    const effects = this.#flush(now);
    return now >= this.#spoken + HEARTBEAT ? [...effects, ...this.#hello(now)] : effects;
  }

  /** Nobody is there to read reviews. */
  end(): Effect[] {
    return this.#phase === "asleep" ? [] : this.#sleep();
  }

  #connect(now: number): Effect[] {
    this.#phase = "connecting";
    this.#spoken = now;
    return [{ do: "connect" }, this.#told()];
  }

  #drop(): Effect[] {
    return this.#phase === "open" || this.#phase === "connecting" ? [{ do: "close" }] : [];
  }

  #sleep(): Effect[] {
    const effects = this.#drop();
    this.#phase = "asleep";
    this.#welcome = null;
    this.#sent = null;
    this.#asked = null;
    return [...effects, this.#told()];
  }

  #told(): Effect {
    return { do: "connection", connection: this.connection };
  }

  /** Says everything: who, what was said, and the newest draft once the server has answered. */
  #again(now: number): Effect[] {
    this.#sent = null;
    this.#pending = this.#draft !== null;
    if (this.#draft) this.#draft = { ...this.#draft, full: true };
    const effects = this.#hello(now);
    return this.#welcome ? [...effects, ...this.#flush(now)] : effects;
  }

  #hello(now: number): Effect[] {
    const { key, ...identity } = this.#identity;
    this.#asked ??= now;
    return this.#say(
      {
        type: "hello",
        ...identity,
        conversation: fitted(this.#conversation?.turns ?? [], this.#welcome?.limits),
        dismissed: this.#dismissed.map(({ rule, scope, text }) => ({ rule, scope, text: text ?? null })),
        ...(key ? { key } : {}),
      },
      now,
    );
  }

  #flush(now: number): Effect[] {
    const draft = this.#draft;
    if (this.#phase !== "open" || !this.#welcome || !this.#pending || !draft) return [];
    this.#times = this.#times.filter((time) => now - time < WINDOW);
    if (this.#times.length >= this.#rate) return [];
    this.#pending = false;
    if ([...draft.text].length > this.#welcome.limits.draft_chars) return this.#tooLong();
    this.#long = false;
    this.#rev += 1;
    this.#sent = { rev: this.#rev, text: draft.text };
    return this.#say({ type: "draft", rev: this.#rev, text: draft.text, caret: draft.caret, closing: draft.closing, full: draft.full }, now);
  }

  /** Told once, not at each key. */
  #tooLong(): Effect[] {
    if (this.#long) return [];
    this.#long = true;
    return [{ do: "notice", notice: { code: "too_long" } }];
  }

  #say(message: ClientMessage, now: number): Effect[] {
    if (!isClientMessage(message)) return [];
    this.#spoken = now;
    this.#times.push(now);
    return [{ do: "send", message: JSON.stringify(message) }];
  }

  #welcomed(message: WelcomeMessage): Effect[] {
    const first = this.#welcome === null;
    this.#welcome = message;
    this.#asked = null;
    this.#wait = FIRST_WAIT;
    this.#rate = Math.max(1, Math.floor(message.limits.messages_per_second * 0.7));
    return first ? [this.#told(), ...this.#flush(this.#heard)] : [];
  }

  #reviewed(message: Extract<ServerMessage, { type: "review" }>): Effect[] {
    const sent = this.#sent;
    if (!sent || message.rev !== sent.rev || sent.text !== this.#draft?.text) return [];
    const { type: _type, rev: _rev, ...review } = message;
    return [{ do: "review", conversation: this.#conversation?.key ?? "", text: sent.text, review }];
  }

  #refused({ code, message }: Extract<ServerMessage, { type: "error" }>): Effect[] {
    if (code === "unauthorized") {
      const effects = this.#drop();
      this.#phase = "denied";
      return [...effects, this.#told()];
    }
    if (code === "idle") return this.#sleep();
    if (code === "rate") {
      this.#rate = Math.max(1, Math.floor(this.#rate / 2));
      return [];
    }
    if (code === "stale_rev") return [];
    return code === "too_long" ? this.#tooLong() : [{ do: "notice", notice: { code: "error", message } }];
  }
}
