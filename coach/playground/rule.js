/** The rule pages: `rules/` lists all, `rules/ID` tells one with its examples, `?language=` picks the language. */

import { byId, el, icon } from "./dom.js";
import { familyName } from "./names.js";
import { savedLanguage } from "./prefs.js";
import { language, speak, t, translate } from "./strings.js";

const { pathname } = location;
const id = decodeURIComponent(pathname.slice(pathname.lastIndexOf("/") + 1));
const view = byId("rule");
let key = new URLSearchParams(location.hash.slice(1)).get("key") ?? "";

/** The rules in the page's language; null where the service wants a key. Throws where they cannot be had. */
async function load() {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const answer = await fetch(`../v1/rules?language=${language()}`, { headers });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).rules;
}

const link = (rule) => `./${encodeURIComponent(rule)}?language=${language()}`;

/** The text of an example; what stands in [[ ]] is marked. */
const marked = (text) => text.split(/\[\[|\]\]/).map((part, index) => (index % 2 ? el("mark", {}, part) : part));

function said(example) {
  return (example.conversation ?? []).map((turn) => {
    const who = turn.customer === undefined ? "thread.you" : "thread.customer";
    return el("dd", { class: "said" }, `${t(who)}: ${turn.customer ?? turn.agent}`);
  });
}

function pair(example, severity) {
  const [bad, good] = example.bad === undefined ? [] : [example.bad, example.good];
  return el(
    "dl",
    { class: "pair", data: { severity } },
    said(example),
    bad !== undefined && [el("dt", {}, t("rules.instead")), el("dd", {}, marked(bad)), el("dt", {}, t("rules.say")), el("dd", {}, good)],
    example.ok !== undefined && el("dd", {}, example.ok),
  );
}

function page(rule) {
  const faulty = rule.examples.filter((example) => example.bad !== undefined);
  const fine = rule.examples.filter((example) => example.ok !== undefined);
  document.title = `${familyName(rule.family)} · Reply Coach`;
  return [
    el("h1", {}, rule.summary),
    el(
      "p",
      { class: "rule-facts" },
      el("span", { data: { severity: rule.severity } }, icon(rule.severity), " ", t(`severity.${rule.severity}`)),
      el("span", {}, familyName(rule.family)),
      el("code", {}, rule.id),
    ),
    el("section", {}, el("h2", {}, t("card.why")), el("p", {}, rule.why)),
    faulty.length > 0 && el("section", {}, el("h2", {}, t("rules.examples")), faulty.map((example) => pair(example, rule.severity))),
    fine.length > 0 && el("section", {}, el("h2", {}, t("rules.fine")), fine.map((example) => pair(example, rule.severity))),
    el("p", {}, el("a", { href: `./?language=${language()}` }, t("rules.all"))),
  ];
}

function list(rules) {
  document.title = `${t("rules.title")} · Reply Coach`;
  const named = rules.map((rule) => ({ ...rule, name: familyName(rule.family) }));
  named.sort((a, b) => a.name.localeCompare(b.name, language()) || a.id.localeCompare(b.id));
  const rows = named.map((rule) => ({
    words: `${rule.id} ${rule.name} ${rule.summary}`.toLocaleLowerCase(language()),
    node: el("li", {}, el("a", { href: link(rule.id) }, el("span", {}, rule.summary), el("small", {}, `${rule.name} · ${rule.id}`))),
  }));
  const search = el("input", { type: "search", "aria-label": t("rules.search"), placeholder: t("rules.search") });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLocaleLowerCase(language());
    for (const { words, node } of rows) node.hidden = !words.includes(wanted);
  });
  return [el("h1", {}, t("rules.title")), search, el("ul", { class: "rule-list" }, rows.map(({ node }) => node))];
}

function locked() {
  const box = el("input", { type: "password", autocomplete: "off", required: true, "aria-label": t("key.label") });
  const form = el("form", { class: "pair" }, el("p", {}, t("connection.denied")), box, el("button", { class: "button strong" }, t("key.use")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    key = box.value;
    void show();
  });
  return [form];
}

async function show() {
  translate(document);
  byId("language").value = language();
  let shown;
  try {
    const rules = await load();
    const rule = rules?.find((one) => one.id === id);
    if (rules === null) shown = locked();
    else if (!id) shown = list(rules);
    else if (rule) shown = page(rule);
    else shown = [el("h1", {}, t("rules.none", { id })), el("p", {}, el("a", { href: `./?language=${language()}` }, t("rules.all")))];
  } catch {
    shown = [el("p", { role: "alert" }, t("rules.unread"))];
  }
  view.replaceChildren(...shown.flat().filter(Boolean));
}

byId("language").addEventListener("change", ({ target }) => {
  speak(target.value);
  history.replaceState(null, "", `${pathname}?language=${language()}`);
  void show();
});
speak(new URLSearchParams(location.search).get("language") ?? savedLanguage());
void show();
