/** The findings of the reply as lists that open in place: what, why, wordings to use, ways to dismiss. */

import { el, fill, icon, shorten, unseen } from "../../../coach/playground/dom.js";
import { familyName } from "../../../coach/playground/names.js";
import type { Command, Dismissal, PageState, Scope, ShownFinding } from "../contract";
import { t } from "../strings";
import { need } from "../need";

export interface FindingHandlers {
  send(command: Command): void;
  /** About a rule: opens its page. */
  rule(rule: string): void;
}

/** Which finding is open in the list. */
let open = "";

/** Shows the findings of `page` and what was dismissed; null: nothing to show. */
export function showFindings(page: PageState | null, handlers: FindingHandlers): void {
  const findings = page?.findings ?? [];
  const loud = findings.filter(({ visible }) => visible);
  const quiet = findings.filter(({ visible }) => !visible);
  const redraw = (): void => showFindings(page, handlers);
  const row = (item: ShownFinding): Element => box(item, handlers, redraw);
  fillRows(need("findings"), loud.map(row));
  fillRows(need("quiet"), quiet.map(row));
  fill(need("findings-count"), String(loud.length));
  need("findings-none").hidden = loud.length > 0;
  fill(need("findings-none"), t(page?.review && page.text ? "findings.none" : "findings.empty"));
  need("quiet-box").hidden = quiet.length === 0;
  fill(need("quiet-count"), t("findings.quiet", { n: quiet.length }));
  need("undo").hidden = !page?.canUndo;
  showDismissed(page?.dismissed ?? [], handlers);
}

/** Fills `list`, keeping the keyboard's focus on the button of the same name when rows move. */
function fillRows(list: HTMLElement, rows: Element[]): void {
  const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["name"] : undefined;
  fill(list, rows);
  if (!focused || (document.activeElement as HTMLElement | null)?.dataset["name"] === focused) return;
  [...list.querySelectorAll<HTMLElement>("[data-name]")].find(({ dataset }) => dataset["name"] === focused)?.focus({ preventScroll: true });
}

function box(item: ShownFinding, handlers: FindingHandlers, redraw: () => void): Element {
  const expanded = item.key === open;
  const toggle = (): void => {
    open = expanded ? "" : item.key;
    redraw();
    if (!expanded && item.live) handlers.send({ do: "focus", key: item.key });
  };
  return el(
    "li",
    { class: "finding-box" },
    el(
      "button",
      {
        type: "button",
        class: "finding",
        "aria-expanded": String(expanded),
        data: { name: item.key, rule: item.rule, severity: item.severity, waiting: String(item.waiting) },
        onclick: toggle,
      },
      icon(item.severity),
      el(
        "span",
        { class: "finding-body" },
        el("span", { class: "finding-family" }, unseen(`${t(`severity.${item.severity}`)}: `), familyName(item.family)),
        el("span", { class: "finding-message" }, item.message),
        item.words !== null && !expanded && el("q", { class: "finding-words" }, shorten(item.words)),
        item.waiting && el("span", { class: "finding-words" }, t("side.waiting")),
      ),
    ),
    expanded ? more(item, handlers) : "",
  );
}

function more(item: ShownFinding, { send, rule }: FindingHandlers): Element {
  const wordings = item.suggestions.map((suggestion, index) => {
    const text = suggestion.edits.map((edit) => edit.text).join(" ").trim();
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "wording", disabled: item.waiting, data: { name: `${item.key} ${index}`, apply: index }, onclick: () => send({ do: "apply", key: item.key, wording: index }) },
        el("span", { class: "wording-text" }, unseen(t("side.apply")), text || suggestion.label),
      ),
    );
  });
  const scopes: Scope[] = item.words === null ? ["conversation", "rule"] : ["here", "conversation", "rule"];
  return el(
    "div",
    { class: "finding-more" },
    wordings.length ? el("ul", { class: "wordings", "aria-label": t("card.wordings") }, wordings) : "",
    item.why ? el("p", { class: "why" }, item.why) : "",
    el(
      "div",
      { class: "card-foot", role: "group", "aria-label": t("dismiss.title") },
      el("span", {}, t("dismiss.title")),
      scopes.map((scope) =>
        el("button", { type: "button", class: "quiet", data: { name: `${item.key} ${scope}`, dismiss: scope }, onclick: () => send({ do: "dismiss", key: item.key, scope }) }, t(`dismiss.${scope}`)),
      ),
    ),
    el(
      "div",
      { class: "card-foot" },
      item.live ? el("button", { type: "button", class: "quiet", data: { name: `${item.key} show` }, onclick: () => send({ do: "focus", key: item.key }) }, t("side.show")) : "",
      el("button", { type: "button", class: "quiet", data: { name: `${item.key} rule`, about: item.rule }, onclick: () => rule(item.rule) }, t("card.rule")),
    ),
  );
}

function showDismissed(dismissed: readonly Dismissal[], { send }: FindingHandlers): void {
  need("dismissed-box").hidden = dismissed.length === 0;
  fill(need("dismissed-count"), t("dismissed.title", { n: dismissed.length }));
  fill(
    need("dismissed"),
    dismissed.map((dismissal) =>
      el(
        "li",
        { class: "dismissed" },
        el(
          "span",
          { class: "dismissed-what" },
          familyName(dismissal.rule),
          el("span", { class: "dismissed-scope" }, t(`scope.${dismissal.scope}`), dismissal.text ? el("q", {}, shorten(dismissal.text, 40)) : ""),
        ),
        el(
          "button",
          { type: "button", class: "quiet", data: { restore: dismissal.rule }, onclick: () => send({ do: "restore", dismissal }) },
          t("dismissed.restore"),
          unseen(` ${familyName(dismissal.rule)}`),
        ),
      ),
    ),
  );
}
