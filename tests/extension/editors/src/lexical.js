import { createEmptyHistoryState, registerHistory } from "@lexical/history";
import { $generateHtmlFromNodes } from "@lexical/html";
import { registerRichText } from "@lexical/rich-text";
import { $createLineBreakNode, $createParagraphNode, $createTextNode, $getRoot, $isElementNode, createEditor } from "lexical";
import { offer } from "./bench.js";

const editor = createEditor({ namespace: "bench", onError: (error) => console.error(error) });
const root = document.querySelector("#editor");
root.contentEditable = "true";
editor.setRootElement(root);
registerRichText(editor);
registerHistory(editor, createEmptyHistoryState(), 300);
offer({
  load: (paragraphs) =>
    editor.update(
      () => {
        $getRoot().clear();
        for (const runs of paragraphs) {
          const paragraph = $createParagraphNode();
          for (const { text, bold } of runs) {
            text.split("\n").forEach((part, index) => {
              if (index) paragraph.append($createLineBreakNode());
              if (part) paragraph.append(bold ? $createTextNode(part).toggleFormat("bold") : $createTextNode(part));
            });
          }
          $getRoot().append(paragraph);
        }
      },
      { discrete: true },
    ),
  html: () => editor.getEditorState().read(() => $generateHtmlFromNodes(editor), { editor }),
  model: () => editor.getEditorState().read(() => $getRoot().getChildren().filter($isElementNode).map((node) => node.getTextContent())),
});
