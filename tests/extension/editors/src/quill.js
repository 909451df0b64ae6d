import "quill/dist/quill.snow.css";
import Quill from "quill";
import { offer, toHtml } from "./bench.js";

const editor = new Quill("#editor", { theme: "snow" });

// Quill has no soft break: a line is a paragraph.
const split = (paragraphs) =>
  paragraphs.flatMap((runs) => {
    const lines = [[]];
    for (const { text, bold } of runs) {
      text.split("\n").forEach((part, index) => {
        if (index) lines.push([]);
        lines.at(-1).push({ text: part, bold });
      });
    }
    return lines;
  });
offer({
  load: (paragraphs) => editor.setContents(editor.clipboard.convert({ html: toHtml(split(paragraphs)) })),
  html: () => editor.getSemanticHTML(),
  model: () => editor.getText().replace(/\n$/, "").split("\n"),
});
