import "draft-js/dist/Draft.css";
import { Editor, EditorState, convertFromRaw, convertToRaw } from "draft-js";
import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { offer, toHtml } from "./bench.js";

let state = EditorState.createEmpty();
let set = () => undefined;

function Box() {
  const [now, change] = useState(state);
  state = now;
  set = change;
  return createElement(Editor, { editorState: now, onChange: change });
}
createRoot(document.querySelector("#editor")).render(createElement(Box));
const raw = () => convertToRaw(state.getCurrentContent());
offer({
  load: (paragraphs) => {
    const blocks = paragraphs.map((runs, index) => {
      let at = 0;
      const inlineStyleRanges = [];
      for (const { text, bold } of runs) {
        if (bold) inlineStyleRanges.push({ offset: at, length: [...text].length, style: "BOLD" });
        at += [...text].length;
      }
      return { key: `p${index}abc`, text: runs.map(({ text }) => text).join(""), type: "unstyled", depth: 0, inlineStyleRanges, entityRanges: [] };
    });
    flushSync(() => set(EditorState.createWithContent(convertFromRaw({ blocks, entityMap: {} }))));
  },
  html: () => toHtml(raw().blocks.map(({ text, inlineStyleRanges }) => [{ text, bold: inlineStyleRanges.length > 0 }])),
  model: () => raw().blocks.map(({ text }) => text),
});
