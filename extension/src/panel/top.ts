/** The head of the panel: how the connection is, what stands in the way. */

import { el, fill } from "../../../coach/playground/dom.js";
import type { PanelState } from "../contract";
import { t } from "../strings";
import { need } from "../need";

let countdown = 0;
/** What became of the last question for permission. */
let refused = "";

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
  if (!tab) fill(node, el("p", {}, t("side.noPage")));
  else if (!tab.granted) fill(node, ...grant(tab.host, tab.pattern));
  else if (connection.state === "denied") fill(node, el("p", {}, t("side.denied")));
  else if (connection.state === "waiting") fill(node, el("p", {}, t("side.offline", { server })));
  else if (!page) fill(node, el("p", {}, t("side.reload", { host: tab.host })));
  else if (connection.state === "asleep") fill(node, el("p", {}, t("side.asleep", { server })));
  else fill(node);
}

function grant(host: string, pattern: string): Element[] {
  const ask = async (): Promise<void> => {
    const given = await chrome.permissions.request({ origins: [pattern] });
    refused = given ? "" : pattern;
    need("refused").hidden = given;
  };
  return [
    el("p", {}, t("side.grant", { host })),
    el("button", { id: "grant", type: "button", class: "button strong", onclick: () => void ask() }, t("side.grant.button", { host })),
    el("p", { id: "refused", role: "status", hidden: refused !== pattern }, t("side.grant.refused")),
  ];
}
