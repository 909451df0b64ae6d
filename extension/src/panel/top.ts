/** The head of the panel: how the connection is, what stands in the way. */

import { el, fill } from "../../../coach/playground/dom.js";
import type { PanelState } from "../contract";
import { language, t } from "../strings";
import { need } from "../need";
import { patternHost, sitePattern } from "../sites";

let countdown = 0;

/** Shows how the connection is; the seconds to the next try are counted down for the eye only. */
export function showConnection({ connection }: PanelState): void {
  window.clearInterval(countdown);
  const node = need("connection");
  const write = (): void => {
    const n = connection.state === "waiting" ? Math.max(1, Math.ceil((connection.until - Date.now()) / 1000)) : 0;
    fill(node, el("i", { "aria-hidden": "true" }), el("span", {}, t(`connection.${connection.state}`, { n })));
  };
  node.dataset["state"] = connection.state;
  node.setAttribute("aria-live", "polite");
  write();
  if (connection.state !== "waiting") return;
  countdown = window.setInterval(() => {
    node.setAttribute("aria-live", "off");
    write();
  }, 1000);
}

/** Shows what stands in the way: no page, no permission, no server. */
export function showHint(state: PanelState): void {
  const { tab, connection, page, settings } = state;
  const server = settings.server;
  const node = need("hint");
  const trouble = connection.state === "denied" || connection.state === "waiting";
  node.dataset["kind"] = trouble ? "trouble" : "";
  if (!tab) showForm(node);
  else if (connection.state === "denied") fill(node, el("p", {}, t("side.denied")));
  else if (connection.state === "waiting") fill(node, el("p", {}, t("side.offline", { server })));
  else if (!page) fill(node, el("p", {}, t("side.reload", { host: tab.host })));
  else if (connection.state === "asleep") fill(node, el("p", {}, t("side.asleep", { server })));
  else fill(node);
}

/**
 * The browser tells no address of a site that was not allowed, so the agent gives it. The form stays as it is while the panel is told
 * again: what was typed is kept.
 */
function showForm(node: HTMLElement): void {
  if (node.querySelector("form")?.lang === language()) return;
  const input = el("input", { id: "site", type: "text", inputmode: "url", autocomplete: "off", placeholder: t("options.sites.placeholder") }) as HTMLInputElement;
  const said = el("p", { id: "refused", role: "status", hidden: true });
  const say = (text: string): void => {
    said.hidden = text === "";
    fill(said, text);
  };
  const allow = async (event: Event): Promise<void> => {
    event.preventDefault();
    const pattern = sitePattern(input.value);
    if (pattern === null) {
      say(t("options.sites.bad"));
      input.focus();
      return;
    }
    // Before anything is awaited: the browser asks only while the click counts.
    const given = await chrome.permissions.request({ origins: [pattern] });
    say(given ? t("options.sites.added", { host: patternHost(pattern) }) : t("side.refused"));
  };
  const form = el(
    "form",
    { id: "site-form", class: "site-form", lang: language() },
    el("label", { for: "site" }, t("side.site")),
    input,
    el("button", { type: "submit", class: "button strong" }, t("options.sites.allow")),
  );
  form.addEventListener("submit", (event: Event) => void allow(event));
  node.replaceChildren(el("p", {}, t("side.noPage")), form, said);
}
