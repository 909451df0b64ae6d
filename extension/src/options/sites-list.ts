/** The sites that the coach may read: granted and taken back one by one. */

import { el, fill, unseen } from "../../../coach/playground/dom.js";
import type { SitePattern } from "../contract";
import { need } from "../need";
import { patternHost, sitePattern } from "../sites";
import { t } from "../strings";

function say(text: string, trouble = false): void {
  need("site-said").dataset["kind"] = trouble ? "trouble" : "";
  fill(need("site-said"), text);
}

/** Makes the form work, once. */
export function setUpSites(): void {
  const input = need("site") as HTMLInputElement;
  need("site-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const pattern = sitePattern(input.value);
    if (pattern === null) {
      say(t("options.sites.bad"), true);
      input.focus();
    } else void allow(pattern, input);
  });
  chrome.permissions.onAdded.addListener(() => void showSites());
  chrome.permissions.onRemoved.addListener(() => void showSites());
}

async function allow(pattern: SitePattern, input: HTMLInputElement): Promise<void> {
  // Before anything is awaited: the browser asks only while the click counts.
  const given = await chrome.permissions.request({ origins: [pattern] });
  const host = patternHost(pattern);
  if (given) input.value = "";
  say(given ? t("options.sites.added", { host }) : t("options.sites.refused"), !given);
  await showSites();
}

async function remove(pattern: SitePattern): Promise<void> {
  const host = patternHost(pattern);
  const gone = await chrome.permissions.remove({ origins: [pattern] }).catch(() => false);
  say(t(gone ? "options.sites.removed" : "options.sites.kept", { host }), !gone);
  await showSites();
  need("site").focus();
}

/** Shows the sites that are granted now. */
export async function showSites(): Promise<void> {
  const { origins = [] } = await chrome.permissions.getAll();
  need("sites-none").hidden = origins.length > 0;
  fill(
    need("sites"),
    [...origins].sort().map((pattern) =>
      el(
        "li",
        { data: { site: pattern } },
        el("span", {}, pattern.replace(/\/\*$/, "")),
        el("button", { type: "button", class: "button small", onclick: () => void remove(pattern) }, t("options.sites.remove"), unseen(` ${patternHost(pattern)}`)),
      ),
    ),
  );
}
