import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { offer } from "./bench.js";

let value = "";
let set = () => undefined;

function Box() {
  const [now, change] = useState("");
  value = now;
  set = change;
  return createElement("textarea", { rows: 12, cols: 70, value: now, onChange: (event) => change(event.target.value) });
}
createRoot(document.querySelector("#editor")).render(createElement(Box));
const text = (paragraphs) => paragraphs.map((runs) => runs.map((run) => run.text).join("")).join("\n\n");
offer({ load: (paragraphs) => flushSync(() => set(text(paragraphs))), html: () => value, model: () => value.split("\n\n") });
