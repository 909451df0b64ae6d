/** Builds the editors' test pages into build/. Run by the tests; esbuild is the extension's. */

import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";

const { build } = createRequire(new URL("../../../extension/package.json", import.meta.url))("esbuild");
const here = new URL(".", import.meta.url).pathname;
const SCRIPTS = { ckeditor4: "/node_modules/ckeditor4/ckeditor.js", tinymce: "/node_modules/tinymce/tinymce.min.js" };

const names = (await readdir(`${here}src`))
  .map((file) => file.replace(/\.js$/, ""))
  .filter((name) => name !== "bench" && (name !== "froala" || existsSync(`${here}node_modules/froala-editor`)));
await rm(`${here}build`, { recursive: true, force: true });
await mkdir(`${here}build`, { recursive: true });
await build({
  absWorkingDir: here,
  bundle: true,
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  entryPoints: names.map((name) => `src/${name}.js`),
  format: "esm",
  loader: { ".svg": "dataurl", ".woff": "dataurl", ".woff2": "dataurl", ".ttf": "dataurl", ".eot": "dataurl" },
  logLevel: "error",
  outdir: "build",
});
for (const name of names) {
  const style = existsSync(`${here}build/${name}.css`) ? `<link rel="stylesheet" href="/build/${name}.css">` : "";
  const script = SCRIPTS[name] ? `<script src="${SCRIPTS[name]}"></script>` : "";
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>${style}${script}</head>
<body style="margin:20px;font:16px/1.5 sans-serif"><h1>${name}</h1><div id="editor" style="min-height:200px;border:1px solid #999;padding:8px"></div>
<script type="module" src="/build/${name}.js"></script></body></html>`;
  await writeFile(`${here}build/${name}.html`, page);
}
