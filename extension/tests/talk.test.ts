/** The line to the coach without a line: what is said when, and what survives. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conversation, Review } from "../src/contract";
import type { Effect } from "../src/worker/effects";
import { HEARTBEAT, SILENCE, SLEEP, Talk } from "../src/worker/talk";

const LIMITS = { message_bytes: 262144, draft_chars: 20000, turns: 200, messages_per_second: 40, idle_seconds: 1800 };
const WELCOME = JSON.stringify({ type: "welcome", version: "1.0", protocol: 1, languages: ["en", "tr", "pl"], classifier: true, limits: LIMITS });
const SEQUENCE: Review["sequence"] = { failure: false, heat: 0, severity: "trivial", repeat: false, wish: null, steps: {}, gates: {}, facts: [], promises: [], next: null };
const TICKET: Conversation = { site: "rt", key: "rt:1", turns: [{ role: "customer", text: "My parcel is lost." }], unclear: 0, folded: 0 };
const IDENTITY = { key: "", language: "auto" as const, interface: "pl" as const, zone: "Europe/Warsaw", client: "extension/test" };

const review = (rev: number) => JSON.stringify({ type: "review", rev, language: "en", full: true, findings: [], moves: [], sequence: SEQUENCE });
const error = (code: string) => JSON.stringify({ type: "error", code, message: "as it is" });
const draft = (text: string) => ({ text, caret: text.length, closing: false, full: false });
const did = (effects: readonly Effect[]) => effects.map((effect) => effect.do);
const sent = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.do === "send" ? [JSON.parse(effect.message)] : []));

/** A talk about TICKET whose draft "Hi" has been sent at time 0 as rev 1. */
function live(): Talk {
  const talk = new Talk(IDENTITY, () => 0.5);
  talk.converse(TICKET, [], 0);
  talk.write(draft("Hi"), 0);
  talk.opened(0);
  talk.received(WELCOME, 0);
  return talk;
}

describe("talk", () => {
  it("says nothing before the agent writes", () => {
    const talk = new Talk(IDENTITY);
    assert.deepEqual(talk.converse(TICKET, [], 0), []);
    assert.equal(talk.due(), null);
    assert.deepEqual(did(talk.write(draft("Hi"), 0)), ["connect", "connection"]);
  });

  it("says hello with the conversation, and the draft once it is welcome", () => {
    const talk = new Talk({ ...IDENTITY, key: "secret-secret-secret" });
    talk.converse(TICKET, [{ rule: "canned", scope: "rule" }], 0);
    talk.write(draft("Hi"), 0);
    const [hello, ...more] = sent(talk.opened(1));
    assert.deepEqual(more, []);
    assert.equal(hello.type, "hello");
    assert.equal(hello.key, "secret-secret-secret");
    assert.deepEqual([hello.language, hello.interface, hello.client], ["auto", "pl", "extension/test"]);
    assert.deepEqual(hello.conversation, TICKET.turns);
    assert.deepEqual(hello.dismissed, [{ rule: "canned", scope: "rule", text: null }]);
    const welcomed = talk.received(WELCOME, 2);
    assert.deepEqual(talk.connection, { state: "live", version: "1.0", classifier: true });
    assert.deepEqual(sent(welcomed), [{ type: "draft", rev: 1, text: "Hi", caret: 2, closing: false, full: true }]);
  });

  it("passes on the review of the newest draft only", () => {
    const talk = live();
    sent(talk.write(draft("Hi A"), 10));
    assert.deepEqual(talk.received(review(1), 11), []);
    const [effect] = talk.received(review(2), 12);
    assert.ok(effect?.do === "review" && effect.text === "Hi A");
    assert.ok(!("rev" in effect.review) && !("type" in effect.review));
    talk.write(draft("Hi An"), 13);
    talk.hush();
    assert.deepEqual(talk.received(review(3), 14), []);
  });

  it("keeps below the rate of the server, and sends the newest draft as soon as it may", () => {
    const talk = live();
    let count = 0;
    for (let key = 0; key < 60; key += 1) count += sent(talk.write(draft(`Hi ${"x".repeat(key)}`), 10)).length;
    assert.ok(count < 30 && count > 15, String(count));
    assert.equal(talk.due(), 1000);
    const [late] = sent(talk.tick(1001));
    assert.equal(late.text, `Hi ${"x".repeat(59)}`);
  });

  it("keeps the line alive while the agent pauses, and lets go after long", () => {
    const talk = live();
    assert.equal(talk.due(), HEARTBEAT);
    assert.deepEqual(talk.tick(HEARTBEAT - 1), []);
    assert.deepEqual(sent(talk.tick(HEARTBEAT)).map(({ type }) => type), ["hello"]);
    assert.deepEqual(talk.received(WELCOME, HEARTBEAT + 5), []);
    assert.equal(talk.due(), 2 * HEARTBEAT);
    assert.deepEqual(did(talk.tick(SLEEP)), ["close", "connection"]);
    assert.deepEqual(talk.connection, { state: "asleep" });
    assert.deepEqual(did(talk.write(draft("Hi again"), SLEEP + 1)), ["connect", "connection"]);
  });

  it("notices that nobody answers any more, as after the machine slept", () => {
    const talk = live();
    talk.tick(HEARTBEAT);
    assert.equal(talk.due(), HEARTBEAT + SILENCE);
    assert.deepEqual(did(talk.tick(HEARTBEAT + SILENCE)), ["close", "connection"]);
    assert.equal(talk.connection.state, "waiting");
  });

  it("comes back by itself and says everything again", () => {
    const talk = live();
    assert.deepEqual(did(talk.closed(100)), ["connection"]);
    talk.write(draft("Hi Ann"), 120);
    const due = talk.due()!;
    assert.ok(due >= 100 && due <= 100 + 400, String(due));
    assert.deepEqual(did(talk.tick(due)), ["connect", "connection"]);
    assert.equal(sent(talk.opened(due + 1))[0].type, "hello");
    const [again] = sent(talk.received(WELCOME, due + 2));
    assert.deepEqual([again.rev, again.text, again.full], [2, "Hi Ann", true]);
    const [effect] = talk.received(review(2), due + 3);
    assert.equal(effect?.do, "review");
  });

  it("tries at least every 1.3 seconds while the agent is there, and less often later", () => {
    const talk = live();
    let now = 100;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      talk.closed(now);
      const due = talk.due()!;
      waits.push(due - now);
      talk.tick(due);
      now = due + 5;
    }
    assert.ok(waits.every((wait) => wait <= 1300), String(waits));
    talk.closed(now + 100_000);
    talk.tick(talk.due()!);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      now = (talk.due() ?? 0) + 100_000;
      talk.closed(now);
      talk.tick(talk.due()!);
    }
    talk.closed(now);
    assert.ok(talk.due()! - now > 10_000);
    talk.write(draft("Back"), now + 10);
    assert.ok(talk.due()! - now <= 1300);
  });

  it("stays away where it is not let in, until it is somebody else", () => {
    const talk = live();
    assert.deepEqual(did(talk.received(error("unauthorized"), 5)), ["close", "connection"]);
    assert.deepEqual(talk.connection, { state: "denied" });
    assert.equal(talk.due(), null);
    assert.deepEqual(did(talk.closed(6)), []);
    assert.deepEqual(did(talk.write(draft("Hi!"), 7)), []);
    assert.deepEqual(did(talk.identify({ ...IDENTITY, key: "another-secret-key" }, 8, false)), ["connect", "connection"]);
  });

  it("forgets the draft of another ticket, and has the draft read with what was said since", () => {
    const talk = live();
    const more = { ...TICKET, turns: [...TICKET.turns, { role: "customer" as const, text: "Hello?" }] };
    assert.deepEqual(sent(talk.converse(more, [], 10)).map(({ type }) => type), ["hello", "draft"]);
    assert.deepEqual(sent(talk.converse({ ...more, key: "rt:2", turns: [] }, [], 20)).map(({ type }) => type), ["hello"]);
    assert.deepEqual(talk.received(review(2), 21), []);
    assert.deepEqual(talk.converse({ ...more, key: "rt:2", turns: [] }, [], 22), []);
  });

  it("passes over what is no message", () => {
    const talk = live();
    for (const data of ["", "{", "[]", "null", '{"type":"review","rev":1}', '{"type":"nudge"}', new Uint8Array(2)]) assert.deepEqual(talk.received(data, 1), []);
    assert.equal(talk.connection.state, "live");
  });

  it("never sends what the server would refuse", () => {
    const talk = live();
    const [odd] = sent(talk.write(draft("a\ud800b\0c"), 10));
    assert.equal(odd.text, "a\ufffdb c");
    assert.deepEqual(talk.write(draft("x".repeat(20_001)), 20), [{ do: "notice", notice: { code: "too_long" } }]);
    assert.equal(sent(talk.write(draft("😀".repeat(20_000)), 30)).length, 1);
  });

  it("tells what was dismissed and applied", () => {
    const talk = live();
    const dismissal = { rule: "calm-down", scope: "here" as const, text: "calm down" };
    assert.deepEqual(sent(talk.feedback("dismiss", dismissal, [dismissal], 5)), [{ type: "feedback", action: "dismiss", ...dismissal }]);
    talk.closed(6);
    talk.tick(talk.due()!);
    assert.deepEqual(sent(talk.opened(900))[0].dismissed, [dismissal]);
  });

  it("says hello again when other dismissals are in force, and only then", () => {
    const talk = live();
    const rule = { rule: "calm-down", scope: "rule" as const };
    const [hello, again] = sent(talk.withhold([rule], 10));
    assert.deepEqual([hello.type, hello.dismissed, again.type, again.full], ["hello", [{ ...rule, text: null }], "draft", true]);
    assert.deepEqual(talk.withhold([rule], 20), []);
    assert.deepEqual(sent(talk.withhold([], 30))[0].dismissed, []);
    const asleep = new Talk(IDENTITY);
    assert.deepEqual(asleep.withhold([rule], 0), []);
  });

  it("says once that a draft is too long", () => {
    const talk = live();
    const long = (more: string) => did(talk.write(draft("x".repeat(20001) + more), 5000));
    assert.deepEqual(long(""), ["notice"]);
    assert.deepEqual([...long("y"), ...long("yz")], []);
    assert.deepEqual(did(talk.write(draft("Hi"), 5000)), ["send"]);
    assert.deepEqual(long(""), ["notice"]);
  });

  it("says which ticket a review is of", () => {
    const talk = live();
    const [effect] = talk.received(review(1), 5);
    assert.ok(effect?.do === "review" && effect.conversation === TICKET.key);
    talk.write(draft("Hi A"), 10);
    talk.converse({ ...TICKET, key: "rt:2" }, [], 11);
    talk.write(draft("Hi A"), 12);
    assert.deepEqual(talk.received(review(2), 13), []);
  });
});
