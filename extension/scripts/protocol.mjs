/** Writes src/protocol.ts, the types of all messages, from the server's schema; `--check` only says whether it is fresh. */

import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../docs/protocol.schema.json", import.meta.url);
const TYPES = new URL("../src/protocol.ts", import.meta.url);
const BANNER = "/** The messages of the protocol. Made from docs/protocol.schema.json by `npm run protocol`: do not edit. */";

/** Types of single fields need no name of their own. */
const untitled = (node) => {
  if (Array.isArray(node)) return node.map(untitled);
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(Object.entries(node).filter(([name, value]) => !(name === "title" && typeof value === "string")).map(([name, value]) => [name, untitled(value)]));
};

const schema = untitled(JSON.parse(await readFile(SCHEMA, "utf-8")));
const text = await compile({ ...schema, title: "AnyMessage" }, "AnyMessage", {
  additionalProperties: false,
  bannerComment: BANNER,
  unreachableDefinitions: true,
  style: { printWidth: 140 },
});

if (process.argv.includes("--check")) {
  if ((await readFile(TYPES, "utf-8")) !== text) {
    console.error("src/protocol.ts is not fresh: run npm run protocol");
    process.exit(1);
  }
} else {
  await writeFile(TYPES, text);
}
