/** Builds the loadable extension in dist/, or in the folder given; `--tests` builds the unit tests in build/tests/ instead. */

import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "esbuild";
import { validators } from "./scripts/validators.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const shared = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  plugins: [validators],
  target: "chrome123",
};

async function extension() {
  const dist = resolve(process.argv[2] ?? `${HERE}dist`);
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all([
    build({ ...shared, entryPoints: { content: "src/content/index.ts" }, format: "iife", outdir: dist }),
    build({
      ...shared,
      entryPoints: { worker: "src/worker/index.ts", panel: "src/panel/panel.ts", options: "src/options/options.ts" },
      format: "esm",
      outdir: dist,
    }),
    cp(`${HERE}manifest.json`, `${dist}/manifest.json`),
    cp(`${HERE}_locales`, `${dist}/_locales`, { recursive: true }),
    build({ ...shared, entryPoints: { panel: "src/panel/panel.css", options: "src/options/options.css" }, outdir: dist }),
    ...["panel", "options"].map((page) => cp(`${HERE}src/${page}/${page}.html`, `${dist}/${page}.html`)),
  ]);
}

async function tests() {
  await rm(`${HERE}build/tests`, { recursive: true, force: true });
  const files = (await readdir(`${HERE}tests`)).filter((name) => name.endsWith(".test.ts"));
  await build({
    ...shared,
    entryPoints: files.map((name) => `tests/${name}`),
    external: ["happy-dom"],
    format: "esm",
    outdir: "build/tests",
    platform: "node",
    target: "node20",
  });
}

await (process.argv.includes("--tests") ? tests() : extension());
