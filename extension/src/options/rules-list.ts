/** The rules dismissed for good, each with a way back. */

import { el, fill, unseen } from "../../../coach/playground/dom.js";
import { familyName } from "../../../coach/playground/names.js";
import type { Dismissal } from "../contract";
import { need } from "../need";
import { t } from "../strings";

/** Shows `dismissed`; `keep` gets the rest when one is restored. */
export function showRules(dismissed: readonly Dismissal[], keep: (rest: Dismissal[]) => void): void {
  need("dismissed-box").hidden = dismissed.length === 0;
  fill(
    need("dismissed"),
    dismissed.map((one) =>
      el(
        "li",
        { data: { rule: one.rule } },
        el("span", {}, familyName(one.rule)),
        el("button", { type: "button", class: "button small", onclick: () => keep(dismissed.filter((other) => other !== one)) }, t("dismissed.restore"), unseen(` ${familyName(one.rule)}`)),
      ),
    ),
  );
}
