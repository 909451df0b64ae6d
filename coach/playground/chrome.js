/** The frame around the work: theme, shortcuts dialog, hints, connection state. */

import { byId, el, fill, icon } from "./dom.js";
import { CHORDS, chordName } from "./keys.js";
import { t } from "./strings.js";

const system = matchMedia("(prefers-color-scheme: dark)");
let chosen = null;
let countdown = 0;

const dark = () => (chosen ?? (system.matches ? "dark" : "light")) === "dark";

function showTheme() {
  const label = t(dark() ? "bar.light" : "bar.dark");
  if (chosen) document.documentElement.dataset.theme = chosen;
  fill(byId("theme"), icon(dark() ? "sun" : "moon"));
  byId("theme").setAttribute("aria-label", label);
  byId("theme").title = label;
}

const chordKeys = (chord) => el("kbd", {}, chordName(chord));

/** Makes theme toggle and shortcuts dialog work, once. */
export function setUpChrome() {
  for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
  byId("theme").addEventListener("click", () => {
    chosen = dark() ? "light" : "dark";
    showTheme();
  });
  system.addEventListener("change", showTheme);
  byId("help").addEventListener("click", showShortcuts);
}

/** Opens the list of shortcuts. */
export const showShortcuts = () => byId("shortcuts").showModal();

/** Redraws what depends on the language. */
export function showChrome() {
  document.title = t("page.title");
  showTheme();
  fill(
    byId("chords"),
    ...CHORDS.flatMap(([chords, what]) => [el("dt", {}, chords.flatMap((chord, index) => [index ? (what === "keys.nth" ? " – " : " / ") : "", chordKeys(chord)])), el("dd", {}, t(what))]),
  );
  const hints = [["F8", "hint.step"], ["Alt+1", "hint.apply"], ["Ctrl+Enter", "hint.send"]];
  fill(byId("hints"), ...hints.map(([chord, what]) => el("span", {}, chordKeys(chord), ` ${t(what)}`)));
}

/** Shows how the connection is; `wait` milliseconds until the next try are counted down. */
export function showConnection(state, wait = 0) {
  clearInterval(countdown);
  const node = byId("connection");
  let left = Math.max(1, Math.ceil(wait / 1000));
  const write = () => {
    fill(node, el("i", { "aria-hidden": "true" }), el("span", {}, t(`connection.${state}`, { n: left })));
  };
  node.dataset.state = state;
  // Only the first count is announced; the ticking is for the eye.
  node.setAttribute("aria-live", "polite");
  write();
  if (state !== "live") byId("latency").hidden = true;
  if (state !== "waiting") return;
  countdown = setInterval(() => {
    node.setAttribute("aria-live", "off");
    left = Math.max(1, left - 1);
    write();
  }, 1000);
}

/** Shows how long the last review took. */
export function showLatency(ms) {
  byId("latency").hidden = false;
  fill(byId("latency"), `${Math.max(1, Math.round(ms))} ms`);
}
