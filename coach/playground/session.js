/** One talk with the coach: what was said, which draft is newest, which review answers it. No DOM. */

import { Socket } from "./socket.js";

const WINDOW = 1000;

const wire = ({ role, text, at }) => ({ role, text, ...(at ? { at } : {}) });
const wireDismissal = ({ rule, scope, text }) => ({ rule, scope, ...(text ? { text } : {}) });

/**
 * Handlers: onWelcome(message), onReview(review, text, ms | null), onNotice(code, message), onState(state, wait), onDenied().
 * `onReview` is only called for the newest draft.
 */
export class Session {
  language = "auto";
  spoken = null;
  conversation = [];
  dismissed = [];
  key = "";
  #socket;
  #on;
  #rev = 0;
  #draft = { text: "", caret: 0, closing: false };
  #sent = null;
  #times = [];
  #limit = 20;
  #timer = 0;
  #denied = false;

  constructor(url, handlers) {
    this.#on = handlers;
    this.#socket = new Socket(url, {
      onOpen: () => this.hello(),
      onMessage: (message) => this.#receive(message),
      onState: (state, wait) => handlers.onState(this.#denied ? "denied" : state, wait),
    });
  }

  /** Connects; the first hello follows by itself. */
  start() {
    this.#socket.connect();
  }

  /** Another conversation, with its own draft. */
  open(conversation, dismissed, draft) {
    Object.assign(this, { conversation, dismissed });
    this.#draft = draft;
    this.#rev += 1;
    this.hello();
  }

  /** Says who talks about what (again), and then the newest draft. */
  hello() {
    const { language, spoken, conversation, dismissed, key } = this;
    this.#send({
      type: "hello",
      client: "playground",
      language,
      ...(spoken ? { interface: spoken } : {}),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      conversation: conversation.map(wire),
      dismissed: dismissed.map(wireDismissal),
      ...(key ? { key } : {}),
    });
    this.#flush();
  }

  /** The agent typed: sent at once, or as soon as the server's rate allows; only the newest counts. */
  draft(text, caret, closing) {
    this.#draft = { text, caret, closing };
    this.#rev += 1;
    if (!this.#denied) this.#socket.rouse();
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#times = this.#times.filter((time) => now - time < WINDOW);
    if (this.#times.length < this.#limit) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), WINDOW - (now - this.#times[0]));
  }

  /** A message was sent in the conversation. Follow it with a draft. */
  turn(turn) {
    this.conversation.push(turn);
    this.#send({ type: "turn", ...wire(turn) });
  }

  /** Holds a finding back: `dismissal` is {rule, scope, text}. */
  dismiss(dismissal) {
    this.dismissed.push(dismissal);
    this.#send({ type: "feedback", action: "dismiss", ...wireDismissal(dismissal) });
  }

  /** Takes a dismissal back. */
  restore(dismissal) {
    this.dismissed = this.dismissed.filter((one) => one !== dismissal);
    this.#send({ type: "feedback", action: "restore", ...wireDismissal(dismissal) });
  }

  /** Tells the coach that a wording of `rule` was used. */
  applied(rule) {
    this.#send({ type: "feedback", action: "applied", rule });
  }

  /** Tries again with `key`. */
  unlock(key) {
    this.key = key;
    this.#denied = false;
    this.#socket.connect();
  }

  #send(message) {
    if (this.#socket.send(message)) this.#times.push(performance.now());
  }

  #flush() {
    clearTimeout(this.#timer);
    if (!this.#socket.live) return;
    this.#rev += this.#sent?.rev === this.#rev ? 1 : 0;
    this.#sent = { rev: this.#rev, text: this.#draft.text, at: performance.now(), answered: false };
    this.#send({ type: "draft", rev: this.#rev, ...this.#draft });
  }

  #receive(message) {
    if (message.type === "welcome") {
      this.#socket.settled();
      this.#on.onWelcome(message);
      const rate = message.limits?.messages_per_second;
      if (rate) this.#limit = Math.max(1, Math.floor(rate * 0.7));
    } else if (message.type === "review") {
      this.#review(message);
    } else if (message.type === "error") {
      this.#error(message);
    }
  }

  #review(message) {
    const sent = this.#sent;
    if (!sent || message.rev !== this.#rev || sent.rev !== message.rev || sent.text !== this.#draft.text) return;
    const ms = sent.answered ? null : performance.now() - sent.at;
    sent.answered = true;
    this.#on.onReview(message, sent.text, ms);
  }

  #error({ code, message }) {
    if (code === "unauthorized") {
      this.#denied = true;
      this.#socket.sleep();
      this.#on.onDenied();
      return;
    }
    if (code === "idle") this.#socket.sleep();
    else this.#on.onNotice(code, message);
    if (code === "rate") this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }
}
