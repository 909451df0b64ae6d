import { createElement, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { Editor, Transforms, createEditor } from "slate";
import { withHistory } from "slate-history";
import { Editable, Slate, withReact } from "slate-react";
import { offer, toHtml } from "./bench.js";

let editor = null;

function Box() {
  editor = useMemo(() => withHistory(withReact(createEditor())), []);
  return createElement(
    Slate,
    { editor, initialValue: [{ type: "p", children: [{ text: "" }] }] },
    createElement(Editable, {
      renderElement: ({ attributes, children }) => createElement("p", attributes, children),
      renderLeaf: ({ attributes, leaf, children }) => createElement("span", attributes, leaf.bold ? createElement("strong", null, children) : children),
    }),
  );
}
createRoot(document.querySelector("#editor")).render(createElement(Box));
offer({
  load: (paragraphs) => {
    Editor.withoutNormalizing(editor, () => {
      Transforms.delete(editor, { at: { anchor: Editor.start(editor, []), focus: Editor.end(editor, []) } });
      Transforms.removeNodes(editor, { at: [0] });
      Transforms.insertNodes(editor, paragraphs.map((children) => ({ type: "p", children })), { at: [0] });
    });
    editor.onChange();
  },
  html: () => toHtml(editor.children.map(({ children }) => children)),
  model: () => editor.children.map(({ children }) => children.map(({ text }) => text).join("")),
});
