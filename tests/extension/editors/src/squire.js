import Squire from "squire-rte";
import { offer, toHtml } from "./bench.js";

const editor = new Squire(document.querySelector("#editor"), { sanitizeToDOMFragment: (html) => document.createRange().createContextualFragment(html) });
offer({ load: (paragraphs) => editor.setHTML(toHtml(paragraphs, "div")), html: () => editor.getHTML() });
