/** The side panel: where the recovery stands, what comes next, and what is known of the customer. */

import { byId, el, fill, icon, shorten } from "./dom.js";
import { known, locale, t } from "./strings.js";

const STEPS = ["acknowledge", "apologise", "understand", "solve", "extra-mile", "follow-up", "satisfaction-check"];
const GATE_AFTER = { apologise: "G1", understand: "G2", solve: "G3", "satisfaction-check": "G4" };
const STATE_ICON = { open: "open", draft: "pen", done: "check" };
const GATE_ICON = { idle: "idle", open: "lock", passed: "unlock" };

/** A token of the protocol in words; unknown ones as they come. */
const words = (kind, token) => known(`${kind}.${token}`) ?? known(`move.${token}`) ?? known(`step.${token}`) ?? token.replaceAll("-", " ");

function gate(name, { state, missing }) {
  return el(
    "div",
    { class: "gate", data: { gate: name, state } },
    icon(GATE_ICON[state]),
    el("span", {}, el("strong", {}, name), ` ${t(`gate.${name}`)}`),
    el("span", { class: "gate-state" }, t(`gate.${state}`)),
    state === "open" && missing.length ? el("span", { class: "gate-missing" }, t("gate.missing", { what: missing.map((token) => words("missing", token)).join(", ") })) : "",
  );
}

function step(name, index, { steps, gates, next }) {
  const state = steps[name] ?? "open";
  const after = GATE_AFTER[name];
  return el(
    "li",
    { class: "step", "aria-current": next?.step === name ? "step" : null, data: { step: name, state } },
    el("span", { class: "step-sign", "aria-hidden": "true" }, state === "open" ? String(index + 1) : icon(STATE_ICON[state])),
    el("span", { class: "step-name" }, t(`step.${name}`)),
    el("span", { class: "step-state" }, t(`state.${state}`)),
    after && gates[after] ? gate(after, gates[after]) : "",
  );
}

function meter(heat) {
  const bars = [1, 2, 3].map((level) => el("i", { class: level <= heat ? "on" : null }));
  return el("span", { class: "meter", data: { heat } }, el("span", { class: "meter-bars", "aria-hidden": "true" }, bars), t(`heat.${heat}`));
}

const fact = (label, value) => [el("dt", {}, label), el("dd", {}, value)];

function day(due) {
  const date = new Date(due);
  if (Number.isNaN(date.getTime())) return due;
  return new Intl.DateTimeFormat(locale(), { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(date);
}

function promise({ what, turn, due, kept, overdue }) {
  const state = overdue ? "overdue" : kept === true ? "kept" : kept === false ? "broken" : "due";
  return el(
    "li",
    { class: "promise", data: { state } },
    el("span", { class: "promise-what" }, what, turn === null ? el("em", {}, ` ${t("promise.draft")}`) : ""),
    el("span", { class: "promise-due" }, t(`promise.${state}`), due ? ` · ${day(due)}` : state === "due" ? ` · ${t("promise.undated")}` : ""),
  );
}

const failure = ({ severity, repeat }) => [
  ...fact(t("case.severity"), el("span", { data: { severity } }, t(`grade.${severity}`))),
  ...fact(t("case.repeat"), el("span", { data: { repeat } }, t(repeat ? "case.again" : "case.first"))),
];

/** Shows the `sequence` and the `moves` of a review of `text`; with null, an empty panel. */
export function showSequence(sequence, moves, text) {
  const empty = { failure: false, heat: 0, severity: "normal", repeat: false, wish: null, steps: {}, gates: {}, facts: [], promises: [], next: null };
  const shown = sequence ?? empty;
  byId("panel").dataset.failure = String(shown.failure);
  fill(byId("steps"), ...STEPS.map((name, index) => step(name, index, shown)));
  byId("calm").hidden = !sequence || shown.failure;
  byId("next").hidden = !shown.next;
  fill(byId("next-step"), shown.next ? words("step", shown.next.step) : "");
  fill(byId("next-advice"), shown.next?.advice ?? "");
  fill(
    byId("customer"),
    ...fact(t("case.heat"), meter(shown.heat)),
    ...(shown.failure ? failure(shown) : []),
    ...fact(t("case.wish"), shown.wish ? words("wish", shown.wish) : t("case.unknown")),
  );
  fill(byId("facts"), ...shown.facts.flatMap(({ slot, value }) => fact(words("slot", slot), value)));
  byId("facts-box").hidden = shown.facts.length === 0;
  fill(byId("promises"), ...shown.promises.map(promise));
  byId("promises-box").hidden = shown.promises.length === 0;
  showMoves(moves ?? [], text);
}

function showMoves(moves, text) {
  const seen = new Map();
  for (const { move, start, end } of moves) seen.set(move, [...(seen.get(move) ?? []), text.slice(start, end)]);
  fill(
    byId("moves"),
    ...[...seen].map(([move, places]) =>
      el("li", { data: { move } }, el("strong", {}, words("move", move)), el("q", {}, shorten(places[0], 60)), places.length > 1 ? ` +${places.length - 1}` : ""),
    ),
  );
  byId("moves-none").hidden = seen.size > 0;
}
