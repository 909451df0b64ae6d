import "trix/dist/trix.css";
import "trix";
import { offer, toHtml } from "./bench.js";

document.querySelector("#editor").outerHTML = '<input id="saved" type="hidden"><trix-editor input="saved"></trix-editor>';
const element = document.querySelector("trix-editor");
if (!element.editor) await new Promise((resolve) => element.addEventListener("trix-initialize", resolve, { once: true }));
offer({ load: (paragraphs) => element.editor.loadHTML(toHtml(paragraphs, "div")), html: () => document.querySelector("#saved").value });
