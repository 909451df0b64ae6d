/** The thread: what customer and agent have said, as bubbles. */

import { byId, el, fill, unseen } from "./dom.js";
import { locale, t } from "./strings.js";

const initials = (name) =>
  name
    .split(/\s+/)
    .map((part) => [...part][0])
    .slice(0, 2)
    .join("")
    .toLocaleUpperCase();

function when(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(locale(), { ...day, hour: "2-digit", minute: "2-digit" }).format(date);
}

function body(turn, facts) {
  const pieces = [];
  let from = 0;
  for (const fact of [...facts].sort((a, b) => a.start - b.start)) {
    if (fact.start < from || fact.end > turn.text.length) continue;
    pieces.push(turn.text.slice(from, fact.start), el("span", { class: "fact" }, turn.text.slice(fact.start, fact.end)));
    from = fact.end;
  }
  return el("p", { dir: "auto" }, ...pieces, turn.text.slice(from));
}

/** Shows `turns` of a customer called `name`; `facts` (with their turn's index) are marked where they were given. */
export function showConversation(turns, name, facts) {
  const list = byId("conversation");
  const grown = turns.length > list.childElementCount;
  fill(
    list,
    ...turns.map((turn, index) => {
      const customer = turn.role === "customer";
      const who = customer ? name : t("thread.you");
      return el(
        "li",
        { class: `bubble ${turn.role}`, data: { turn: index, role: turn.role } },
        el("span", { class: "avatar", "aria-hidden": "true" }, initials(who)),
        el(
          "div",
          { class: "bubble-body" },
          el("p", { class: "bubble-who" }, el("strong", {}, who), customer ? unseen(`, ${t("thread.customer")}`) : "", turn.at ? el("time", { datetime: turn.at }, when(turn.at)) : ""),
          body(turn, facts.filter((fact) => fact.turn === index)),
        ),
      );
    }),
  );
  if (grown) {
    const thread = byId("thread");
    thread.scrollTop = thread.scrollHeight;
  }
}
