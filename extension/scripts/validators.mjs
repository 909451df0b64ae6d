/** esbuild plugin: `import { isServerMessage } from "validators"` is a check compiled from the server's schema, so that no code is made at run time. */

import { readFile } from "node:fs/promises";
import Ajv2020 from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";

const SCHEMA = new URL("../../docs/protocol.schema.json", import.meta.url);

async function code() {
  const schema = JSON.parse(await readFile(SCHEMA, "utf-8"));
  const ajv = new Ajv2020.default({ code: { source: true, esm: true }, strict: false, validateFormats: false });
  ajv.addSchema(schema, "protocol");
  return standalone.default(ajv, {
    isServerMessage: "protocol#/$defs/ServerMessage",
    isClientMessage: "protocol#/$defs/ClientMessage",
  });
}

export const validators = {
  name: "validators",
  setup(build) {
    build.onResolve({ filter: /^validators$/ }, () => ({ path: "validators", namespace: "validators" }));
    build.onLoad({ filter: /.*/, namespace: "validators" }, async () => ({ contents: await code(), resolveDir: new URL("..", import.meta.url).pathname }));
  },
};
