/** The inbox at the left: samples and pasted conversations, each with its own draft. */

import { byId, el, fill, shorten, unseen } from "./dom.js";
import { SAMPLES } from "./samples.js";
import { t } from "./strings.js";

/** A case from a sample or a pasted conversation; times are counted back from now. */
export function makeCase({ id, name, subject, channel, language, turns }) {
  const now = Date.now();
  const dated = turns.map(({ ago, ...turn }) => ({ ...turn, ...(ago === undefined ? {} : { at: new Date(now - ago * 60000).toISOString() }) }));
  return { id, name, subject, channel, language, first: dated, turns: [...dated], draft: "", closing: false, dismissed: [] };
}

/** All samples as cases. */
export const sampleCases = () => SAMPLES.map(makeCase);

/** Scrolls the chosen case into the list's view. */
export function revealCase() {
  byId("sample").querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Lists `cases`, `current` chosen. `onChoose(case)` on a click. */
export function showCases(cases, current, onChoose) {
  const list = byId("sample");
  fill(
    list,
    ...cases.map((one) => {
      const chosen = one === current;
      const last = one.turns.at(-1)?.text ?? "";
      return el(
        "li",
        {},
        el(
          "button",
          { type: "button", class: "case", "aria-current": chosen ? "true" : null, data: { sample: one.id }, onclick: () => onChoose(one) },
          el("span", { class: "case-top" }, el("span", { class: "case-name", lang: one.language }, one.name), one.draft && !chosen ? el("span", { class: "case-draft" }, t("cases.draft")) : el("span", { class: "case-channel" }, t(`channel.${one.channel}`))),
          el("span", { class: "case-subject", lang: one.language }, one.subject),
          el("span", { class: "case-preview", lang: one.language, "aria-hidden": "true" }, shorten(last, 90)),
          chosen ? unseen(t("cases.open")) : "",
        ),
      );
    }),
  );
}
