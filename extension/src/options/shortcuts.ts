/** The extension's shortcuts as the browser assigned them; those it silently left out stand out. */

import { el, fill } from "../../../coach/playground/dom.js";
import { need } from "../need";
import { t } from "../strings";

/** Where Chromium lets people change them. */
const PAGE = "chrome://extensions/shortcuts";

/** Shows the shortcuts. */
export async function showShortcuts(): Promise<void> {
  const commands = await chrome.commands.getAll();
  const missing = commands.filter(({ shortcut }) => !shortcut).length;
  const box = need("unassigned");
  box.hidden = missing === 0;
  fill(box, missing ? t("options.keys.unassigned", { n: missing }) : "");
  fill(
    need("shortcuts"),
    commands.flatMap(({ name, description, shortcut }) => [
      el("dt", { data: { command: name ?? "" } }, shortcut ? el("kbd", {}, shortcut) : el("span", { class: "missing" }, t("options.keys.none"))),
      el("dd", {}, description || chrome.i18n.getMessage("open")),
    ]),
  );
  const change = need("change-keys");
  fill(change, t("options.keys.change", { address: PAGE }));
  change.onclick = () => void chrome.tabs.create({ url: PAGE });
}
