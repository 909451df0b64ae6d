import "froala-editor/css/froala_editor.pkgd.min.css";
import FroalaEditor from "froala-editor/js/froala_editor.pkgd.min.js";
import { offer, toHtml } from "./bench.js";

const editor = await new Promise((resolve) => {
  const made = new FroalaEditor("#editor", { attribution: false, events: { initialized: () => resolve(made) } });
});
offer({ load: (paragraphs) => editor.html.set(toHtml(paragraphs)), html: () => editor.html.get().replace(/<p data-f-id="pbf".*?<\/p>/s, "") });
