/** The case record: shown as it would be stored, and stored only on a click. */

import { byId, el, fill } from "./dom.js";
import { notify } from "./notices.js";
import { known, locale, t } from "./strings.js";

const CAUSES = ["people", "process", "system", "product", "stock", "capacity", "information", "partner", "customer", "outside"];
const CONTROLS = ["ours", "shared", "outside"];

let allowed = false;
let request = null;
let key = "";
let shown = null;

const token = (kind, name) => known(`${kind}.${name}`) ?? known(`step.${name}`) ?? name.replaceAll("-", " ");
const when = (at) => (at ? new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(at)) : t("promise.undated"));
const lines = (texts) => (texts.length ? el("ul", {}, texts.map((text) => el("li", {}, text))) : t("record.nothing"));
const pair = (label, ...value) => [el("dt", {}, t(label)), el("dd", {}, ...value)];

function picker(name, options, kind, chosen) {
  const option = (value) => el("option", { value, selected: value === (chosen ?? "") }, value ? token(kind, value) : t("record.open"));
  return el("select", { id: `record-${name}`, "aria-label": t(`record.${name}`) }, ["", ...options].map(option));
}

function fields(record) {
  const { cause, heat } = record;
  const seen = record.seen_before.records.map((one) => `${token("topic", one.failure)} (${when(one.closed_at)})`);
  return [
    ...pair("record.problem", record.problem?.words ?? t("record.nothing")),
    ...pair("record.failure", `${token("topic", record.failure)}, ${t(`grade.${record.severity}`)}`),
    ...pair("record.cause", picker("cause", CAUSES, "cause", cause.kind), cause.said ? el("q", {}, cause.said.words) : ""),
    ...pair("record.control", picker("control", CONTROLS, "control", cause.control)),
    ...pair("record.done", lines(record.done.map(({ words }) => words))),
    ...pair("record.extra", lines(record.extra_mile.map(({ words }) => words))),
    ...pair("record.prevention", lines(record.prevention.map(({ words }) => words))),
    ...pair("panel.promises", lines(record.promises.map(({ words, due }) => `${words} (${when(due)})`))),
    ...pair("case.wish", record.wish ? token("wish", record.wish) : t("case.unknown")),
    ...pair("case.heat", [heat.first, heat.peak, heat.last].map((level) => t(`heat.${level}`)).join(" → ")),
    ...pair("record.seen", lines([...(record.seen_before.in_conversation ? [t("record.seen.here")] : []), ...seen])),
    ...pair("record.orders", record.orders.join(", ") || t("record.nothing")),
    ...pair("record.steps", Object.keys(record.steps).filter((step) => record.steps[step] !== null).map((step) => token("step", step)).join(", ") || t("record.nothing")),
    ...pair("record.gaps", record.gaps.map((gap) => token("missing", gap)).join(", ") || t("record.nothing")),
  ];
}

async function ask(path, body) {
  const headers = { "content-type": "application/json", ...(key ? { "x-api-key": key } : {}) };
  const reply = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error?.message ?? reply.statusText);
  return answer;
}

const failed = (error) => notify(t("record.failed", { message: error.message }), "error");

/** What the agent filled in, beside what was read. */
function edits() {
  const note = byId("record-note").value.trim();
  const [cause, control] = ["cause", "control"].map((name) => byId(`record-${name}`).value);
  return {
    ...(cause && cause !== shown.cause.kind ? { cause } : {}),
    ...(control && control !== shown.cause.control ? { control } : {}),
    ...(note !== (shown.note ?? "") ? { note } : {}),
    ...(byId("record-confirmed").checked !== shown.confirmed ? { confirmed: !shown.confirmed } : {}),
  };
}

/** Whether the server stores case records; told with each connection. */
export function allowRecords(on) {
  allowed = on === true;
}

/** Offers a record, at the close of a case in which something went wrong. */
export function offerRecord(closing) {
  byId("record-open").hidden = !(allowed && closing);
}

/** Shows what would be stored of case `one` as it stands in `session`, with the `draft` as the reply that closes it. */
async function showRecord({ session, one, draft }) {
  const turns = [...session.conversation, ...(draft.trim() ? [{ role: "agent", text: draft.trim(), at: new Date().toISOString() }] : [])];
  const conversation = turns.map(({ role, text, at }) => ({ role, text, ...(at ? { at } : {}) }));
  request = { id: `playground ${one.id}`, language: session.language, conversation, names: [one.name] };
  key = session.key;
  try {
    const { record, days } = await ask("v1/records/preview", request);
    shown = record;
    fill(byId("record-help"), t("record.help", { n: days }));
    byId("record-fields").replaceChildren(...fields(record));
    byId("record-note").value = record.note ?? "";
    byId("record-confirmed").checked = record.confirmed;
    fill(byId("record-json"), JSON.stringify(record, null, 2));
    byId("record").showModal();
  } catch (error) {
    failed(error);
  }
}

/** Makes button and dialog work; `read()` gives what `showRecord` takes. */
export function setUpRecord(read) {
  byId("record-open").addEventListener("click", () => showRecord(read()));
  byId("record-close").addEventListener("click", () => byId("record").close());
  byId("record-form").addEventListener("submit", async () => {
    try {
      await ask("v1/records", { ...request, edits: edits() });
      notify(t("record.stored"));
    } catch (error) {
      failed(error);
    }
  });
}
