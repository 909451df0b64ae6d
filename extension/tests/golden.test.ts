/** The golden messages of the server's tests, read by the extension's checks. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isClientMessage, isServerMessage } from "validators";

interface Row {
  name: string;
  message?: unknown;
}

const golden = (name: string): Row[] => JSON.parse(readFileSync(new URL(`../../../tests/protocol/${name}.json`, import.meta.url), "utf-8")) as Row[];
/** A time that is none is refused by the server only: the extension sends the browser's own times. */
const SERVER_ONLY = ["time is no time", "30 February"];

describe("golden messages", () => {
  for (const [kind, check] of [["client", isClientMessage], ["server", isServerMessage]] as const) {
    for (const { name, message } of golden(`${kind}_valid`)) it(`${kind}: ${name}`, () => assert.ok(check(message)));
    for (const { name, message } of golden(`${kind}_invalid`)) {
      if (message !== undefined && !SERVER_ONLY.includes(name)) it(`${kind}, refused: ${name}`, () => assert.ok(!check(message)));
    }
  }

  it("offsets are those of JavaScript", () => {
    for (const row of golden("offsets") as (Row & { text: string; spans: { start: number; end: number; text: string }[] })[]) {
      for (const span of row.spans) assert.equal(row.text.slice(span.start, span.end), span.text, row.name);
    }
  });
});
