/** What rules and families are called: summaries come from the server, families from our strings. */

import { known } from "./strings.js";

const summaries = new Map();
let loaded = "";

const human = (id) => {
  const text = id.replaceAll("-", " ");
  return text.charAt(0).toLocaleUpperCase("en") + text.slice(1);
};

/** The name of a family of findings. */
export const familyName = (family) => known(`family.${family}`) ?? human(family);

/** What the server calls a rule, or null before it has told. */
export const ruleName = (rule) => summaries.get(rule) ?? null;

/** Fetches the names of the rules in `language`, once; says whether something new came. */
export async function loadNames(language) {
  if (loaded === language) return false;
  loaded = language;
  try {
    const answer = await fetch(`v1/rules?language=${encodeURIComponent(language)}`);
    if (!answer.ok) return false;
    const { rules } = await answer.json();
    summaries.clear();
    for (const { id, summary } of rules) summaries.set(id, summary);
    return true;
  } catch {
    loaded = "";
    return false;
  }
}
