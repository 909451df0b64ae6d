import { Editor } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { offer, toHtml } from "./bench.js";

const editor = new Editor({ element: document.querySelector("#editor"), extensions: [StarterKit] });
offer({ load: (paragraphs) => editor.commands.setContent(toHtml(paragraphs)), html: () => editor.getHTML() });
