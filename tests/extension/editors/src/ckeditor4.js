import { offer, toHtml } from "./bench.js";

const { CKEDITOR } = window;
CKEDITOR.disableAutoInline = true;
const editor = CKEDITOR.replace("editor", { versionCheck: false, removePlugins: "scayt,wsc", height: 260 });
await new Promise((resolve) => editor.on("instanceReady", resolve));
offer({ load: (paragraphs) => new Promise((resolve) => editor.setData(toHtml(paragraphs), resolve)), html: () => editor.getData() });
