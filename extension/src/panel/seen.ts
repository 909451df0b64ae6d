/** "What I see": the conversation as the coach understood it, so that the agent can check it. */

import { el, fill, shorten } from "../../../coach/playground/dom.js";
import { ADAPTERS } from "../adapters";
import type { PageState, Turn } from "../contract";
import { locale, t } from "../strings";
import { need } from "../need";

const LONGEST = 160;

/** Shows what was read of `page`; null: nothing yet. */
export function showSeen(page: PageState | null): void {
  const adapter = ADAPTERS.find(({ id }) => id === page?.site);
  const known = adapter !== undefined && adapter.id !== "generic";
  const { turns = [], unclear = 0, folded = 0 } = page?.conversation ?? {};
  const box = page?.box ?? "none";
  fill(need("seen-site"), known ? t("seen.site", { site: adapter.name }) : page ? t("seen.generic") : "");
  fill(need("seen-evidence"), known ? t(`seen.evidence.${adapter.evidence}`) : "");
  fill(need("seen-box"), t(`seen.box.${box}`));
  need("seen-box").dataset["box"] = box;
  need("seen-box-turns").hidden = turns.length === 0;
  fill(need("seen-count"), t("seen.turns", { n: turns.length }));
  fill(need("seen-turns"), turns.map(turn));
  fill(
    need("seen-gaps"),
    [
      known && turns.length === 0 && t("seen.none"),
      unclear > 0 && t("seen.unclear", { n: unclear }),
      folded > 0 && t("seen.folded", { n: folded }),
    ]
      .filter((text) => text !== false)
      .map((text) => el("li", {}, text)),
  );
}

function turn({ role, text, at, automatic, internal }: Turn): Element {
  return el(
    "li",
    { data: { role, internal: String(internal ?? false) } },
    el(
      "span",
      { class: "who" },
      el("strong", {}, t(`seen.${role}`)),
      internal && el("span", {}, t("seen.internal")),
      automatic && el("span", {}, t("seen.automatic")),
      at && el("time", { datetime: at }, when(at)),
    ),
    shorten(text, LONGEST),
  );
}

const when = (at: string): string => new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
