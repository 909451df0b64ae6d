import { offer } from "./bench.js";

document.querySelector("#editor").outerHTML = '<textarea id="editor" rows="12" cols="70"></textarea>';
const area = document.querySelector("#editor");
const text = (paragraphs) => paragraphs.map((runs) => runs.map((run) => run.text).join("")).join("\n\n");
offer({ load: (paragraphs) => (area.value = text(paragraphs)), html: () => area.value, model: () => area.value.split("\n\n") });
