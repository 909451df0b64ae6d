/** The findings as lists: the visible ones, the quiet ones, chips for what is missing, and what was dismissed. */

import { byId, el, fill, icon, shorten, unseen } from "./dom.js";
import { familyName, ruleName } from "./names.js";
import { language, t } from "./strings.js";

let drawn = "";

const keyOf = ({ dataset }) => dataset.finding ?? dataset.chip;

/** Fills `list` by `build(item)` a row, keeping the keyboard focus on the row of the same key. */
function fillRows(list, items, build) {
  const focused = list.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  fill(list, items.map((item) => el("li", {}, build(item))));
  if (!focused || (list.contains(document.activeElement) && keyOf(document.activeElement) === focused)) return;
  [...list.querySelectorAll("button")].find((button) => keyOf(button) === focused)?.focus({ preventScroll: true });
}

function row(item, active, { onOpen, onFocus }) {
  return el(
    "button",
    {
      type: "button",
      class: "finding",
      "aria-haspopup": "dialog",
      "aria-expanded": String(item.key === active),
      data: { finding: item.key, rule: item.rule, severity: item.severity, waiting: item.waiting ? "true" : "false" },
      onclick: (event) => onOpen(item.key, event.detail === 0),
      onfocus: (event) => event.target.matches(":focus-visible") && onFocus(item.key),
    },
    icon(item.severity),
    el(
      "span",
      { class: "finding-body" },
      el("span", { class: "finding-family" }, unseen(`${t(`severity.${item.severity}`)}: `), familyName(item.family)),
      el("span", { class: "finding-message" }, item.message),
      item.words !== null && el("q", { class: item.visible ? "unseen" : "finding-words" }, shorten(item.words)),
    ),
  );
}

function chip(item, active, { onOpen }) {
  const props = {
    type: "button",
    class: "chip",
    "aria-haspopup": "dialog",
    "aria-expanded": String(item.key === active),
    data: { chip: item.key, rule: item.rule, severity: item.severity },
    onclick: (event) => onOpen(item.key, event.detail === 0),
  };
  return el("button", props, icon(item.severity), unseen(`${t(`severity.${item.severity}`)}: `), ruleName(item.rule) ?? familyName(item.family));
}

/** Shows what is on the `board`; `active` is the key whose card is open, `unread` whether the newest text has no review. Handlers: onOpen(key, byKeyboard), onFocus(key). */
export function showFindings(board, active, unread, handlers) {
  const { visible, quiet, missing } = board;
  const sketch = JSON.stringify([
    [...visible, ...quiet].map(({ key, rule, message, words, visible: shown, waiting }) => [key, ruleName(rule), message, words, shown, waiting]),
    [active, unread, board.text === "" || board.text === null, language()],
  ]);
  if (sketch === drawn) return;
  drawn = sketch;
  fillRows(byId("findings"), visible, (item) => row(item, active, handlers));
  fillRows(byId("quiet"), quiet, (item) => row(item, active, handlers));
  fillRows(byId("missing"), missing, (item) => chip(item, active, handlers));
  fill(byId("findings-count"), String(visible.length));
  byId("findings-none").hidden = visible.length > 0;
  fill(byId("findings-none"), t(unread ? "findings.unread" : board.text ? "findings.none" : "findings.empty"));
  byId("quiet-box").hidden = quiet.length === 0;
  fill(byId("quiet-count"), t("findings.quiet", { n: quiet.length }));
}

/** Shows `dismissed`; `onRestore(dismissal)` on a click. */
export function showDismissed(dismissed, onRestore) {
  fill(byId("dismissed-count"), t("dismissed.title", { n: dismissed.length }));
  byId("dismissed-none").hidden = dismissed.length > 0;
  const rows = dismissed.map((one) =>
    el(
      "li",
      { class: "dismissed", data: { dismissed: one.rule } },
      el(
        "span",
        { class: "dismissed-what" },
        el("span", {}, ruleName(one.rule) ?? familyName(one.rule)),
        el("span", { class: "dismissed-scope" }, t(`scope.${one.scope}`), one.text ? el("q", {}, shorten(one.text, 40)) : ""),
      ),
      el("button", { type: "button", class: "quiet", data: { restore: one.rule }, onclick: () => onRestore(one) }, t("dismissed.restore"), unseen(` ${ruleName(one.rule) ?? familyName(one.rule)}`)),
    ),
  );
  fill(byId("dismissed"), rows);
}
