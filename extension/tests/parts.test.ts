/** Undo, settings, what is let in, and what fits. */

import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import { DEFAULTS, type Review, type ToPage } from "../src/contract";
import { applied, difference } from "../src/content/spans";
import { inverse, shifted } from "../src/content/trail";
import { Undo } from "../src/content/undo";
import { isOptionsRequest, isPageMessage, isPanelRequest } from "../src/worker/check";
import { fitted, wellFormed } from "../src/worker/fit";
import { streamUrl } from "../src/worker/line";
import { REST, Reviews } from "../src/worker/reviews";
import { patternOf } from "../src/worker/sites";
import { settingsFrom } from "../src/worker/store";

describe("undo", () => {
  it("puts the old words back although the agent typed on", () => {
    const before = "Hello. Calm down. Bye";
    const change = { start: 7, end: 17, text: "I'm listening." };
    const undo = new Undo();
    let text = applied(before, change);
    undo.push("calm-down", [inverse(change, before)]);
    for (const next of [`${text} Ann`, `Oh. ${text} Ann`]) {
      undo.edit(difference(text, next), text);
      text = next;
    }
    const [back] = undo.last()!.back;
    assert.equal(applied(text, back!), "Oh. Hello. Calm down. Bye Ann");
  });

  it("does nothing where the agent changed the words", () => {
    const undo = new Undo();
    undo.push("x", [{ start: 0, end: 4, text: "xy" }]);
    undo.edit({ start: 2, end: 3, text: "Q" }, "abcd z");
    assert.equal(undo.last(), null);
  });

  it("takes an earlier wording back where the agent changed the words of the last one", () => {
    const undo = new Undo();
    undo.push("first", [{ start: 0, end: 4, text: "xy" }]);
    undo.push("last", [{ start: 5, end: 9, text: "z" }]);
    undo.edit({ start: 6, end: 7, text: "Q" }, "abcd efgh");
    assert.equal(undo.pop()?.rule, "first");
    assert.equal(undo.pop(), null);
  });

  it("knows nothing where nothing was done, or not all of it can be taken back", () => {
    const undo = new Undo();
    undo.push("x", []);
    undo.push("x", [{ start: 0, end: 1, text: "a" }, null]);
    assert.equal(undo.last(), null);
  });
});

describe("changes of one wording", () => {
  it("move each other: two deletions side by side are taken back in their order", () => {
    const text = "one two three";
    const second = { start: 4, end: 8, text: "" };
    const first = { start: 0, end: 4, text: "" };
    const back = [inverse(first, applied(text, second)), ...shifted([inverse(second, text)], first)];
    const [one, two] = [back[0]!, shifted(back.slice(1), back[0]!)[0]!];
    assert.equal(applied(applied("three", one), two), text);
  });
});

describe("settings", () => {
  it("are made of anything", () => {
    for (const odd of [undefined, null, 3, "x", [], { server: 3, key: {}, language: "xx", uiLanguage: 1, dismissed: [1, { rule: 2 }] }]) assert.deepEqual(settingsFrom(odd), DEFAULTS);
    assert.equal(settingsFrom({ server: "https://coach.example/x///" }).server, "https://coach.example/x");
    assert.equal(settingsFrom({ server: "javascript:alert(1)" }).server, DEFAULTS.server);
    const kept = [{ rule: "a", scope: "rule" }];
    assert.deepEqual(settingsFrom({ dismissed: [...kept, { rule: "b", scope: "x" }] }).dismissed, kept);
  });
});

describe("messages", () => {
  const draft = { type: "draft", text: "x", caret: 1, closing: false, full: true };
  const conversation = { type: "conversation", conversation: { site: "rt", key: "k", turns: [{ role: "agent", text: "x" }], unclear: 0, folded: 0 } };

  it("of a page are checked", () => {
    for (const good of [draft, { ...draft, caret: null }, conversation, { type: "quiet" }, { type: "dismiss", dismissal: { rule: "x", scope: "here", text: "y" } }]) assert.ok(isPageMessage(good));
    const bad = [
      null, "draft", [], { type: "toString" }, { ...draft, text: 1 }, { ...draft, caret: -1 }, { ...draft, full: "x" }, { type: "dismiss", dismissal: { rule: 1, scope: "here" } },
      { type: "conversation", conversation: { site: "rt", key: "k", turns: [{ role: "boss", text: "x" }] } }, { type: "open", what: "rule", rule: "../x", language: "en" },
      { type: "open", what: "rule", rule: "x", language: "de" }, { type: "state", state: {} },
    ]; // prettier-ignore
    for (const one of bad) assert.ok(!isPageMessage(one), JSON.stringify(one));
  });

  it("of the panel and the options page too", () => {
    assert.ok(isPanelRequest({ type: "watch", tab: null }) && isPanelRequest({ type: "command", command: { do: "undo" } }));
    assert.ok(!isPanelRequest({ type: "watch", tab: "1" }) && !isPanelRequest({ type: "draft" }) && !isPanelRequest(undefined));
    assert.ok(isOptionsRequest({ type: "about" }) && isOptionsRequest({ type: "test", server: "x", key: "" }));
    assert.ok(!isOptionsRequest({ type: "test" }) && !isOptionsRequest({ type: "other" }));
  });
});

describe("what is sent", () => {
  it("is well-formed and as long as before", () => {
    assert.equal(wellFormed("a😀\ud83d\0"), "a😀\ufffd ");
    assert.equal(wellFormed("\ude00\ud83d\ude00"), "\ufffd😀");
  });

  it("fits: the newest turns, and no turn that is too long", () => {
    const turns = Array.from({ length: 300 }, (_, index) => ({ role: "agent" as const, text: `turn ${index}` }));
    assert.deepEqual(fitted(turns, { turns: 200, message_bytes: 262144 }).map(({ text }) => text), turns.slice(100).map(({ text }) => text));
    assert.equal(fitted([{ role: "agent", text: "x".repeat(30_000) }])[0]?.text.length, 20_000);
    const long = turns.map((turn) => ({ ...turn, text: "ş".repeat(5_000) }));
    const some = fitted(long, { turns: 200, message_bytes: 65536 });
    assert.ok(some.length >= 2 && JSON.stringify(some).length < 65536);
  });
});

describe("reviews that a page is told", () => {
  const calm = { language: "en", full: false, findings: [], moves: [], sequence: { heat: 0 } } as unknown as Review;
  const hot = { ...calm, sequence: { heat: 2 } } as unknown as Review;

  function taken(...reviews: [string, string, Review][]): ToPage[] {
    const told: ToPage[] = [];
    const on = new Reviews((message) => told.push(message));
    for (const [key, text, review] of reviews) on.take(key, text, review);
    return told;
  }

  it("tells news at once and repeats once typing rests, without their content", () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const told = taken(["a", "He", calm], ["a", "Hel", structuredClone(calm)], ["a", "Hell", structuredClone(calm)]);
      assert.deepEqual(told, [{ type: "review", conversation: "a", text: "He", review: calm }]);
      mock.timers.tick(REST);
      assert.deepEqual(told.slice(1), [{ type: "review", conversation: "a", text: "Hell", review: null }]);
      mock.timers.tick(10 * REST);
      assert.equal(told.length, 2);
    } finally {
      mock.timers.reset();
    }
  });

  it("tells news instead of the repeat that waits, and anew for another ticket", () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const told = taken(["a", "H", calm], ["a", "He", calm], ["a", "Hel", hot], ["b", "Hel", hot]);
      mock.timers.tick(10 * REST);
      assert.deepEqual(
        told.map((one) => one.type === "review" && [one.conversation, one.text, one.review]),
        [
          ["a", "H", calm],
          ["a", "Hel", hot],
          ["b", "Hel", hot],
        ],
      );
    } finally {
      mock.timers.reset();
    }
  });
});

describe("addresses", () => {
  it("of the socket follow the server's", () => {
    assert.equal(streamUrl("https://coach.example/base/"), "wss://coach.example/base/v1/stream");
    assert.equal(streamUrl("http://127.0.0.1:8765"), "ws://127.0.0.1:8765/v1/stream");
  });

  it("of sites become patterns without port", () => {
    assert.deepEqual(patternOf("https://desk.example:8443/x?y"), { host: "desk.example:8443", pattern: "https://desk.example/*" });
    assert.equal(patternOf("chrome://settings"), null);
    assert.equal(patternOf(undefined), null);
  });
});
