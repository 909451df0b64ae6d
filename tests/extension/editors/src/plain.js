import { offer, toHtml } from "./bench.js";

const root = document.querySelector("#editor");
root.contentEditable = "true";
offer({ load: (paragraphs) => (root.innerHTML = toHtml(paragraphs)), html: () => root.innerHTML });
