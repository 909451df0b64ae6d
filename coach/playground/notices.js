/** Short polite messages at the edge of the page. */

import { byId, el, icon } from "./dom.js";
import { t } from "./strings.js";

const SHORT = 6000;
const LONG = 20000;

/** Shows `text` for a while; `kind` is "info" or "error". The same text is not stacked. */
export function notify(text, kind = "info") {
  const box = byId("notices");
  for (const old of box.children) if (old.dataset.text === text || old.dataset.kind === kind) old.remove();
  const close = el("button", { type: "button", class: "bare", "aria-label": t("notice.close") }, icon("close"));
  const notice = el("div", { class: "notice", data: { kind, text } }, el("p", {}, text), close);
  close.addEventListener("click", () => notice.remove());
  box.append(notice);
  setTimeout(() => notice.remove(), kind === "error" ? LONG : SHORT);
}
