/** The only two things kept in the browser: the language, and the rules dismissed for good. */

const LANGUAGE = "reply-coach.language";
const RULES = "reply-coach.dismissed-rules";

function read(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? fallback;
  } catch {
    return fallback;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage may be off; then the choice lasts as long as the page.
  }
}

/** The picked language: auto, en, tr or pl. */
export function savedLanguage() {
  const language = read(LANGUAGE, "auto");
  return ["auto", "en", "tr", "pl"].includes(language) ? language : "auto";
}

/** Keeps the picked language. */
export const saveLanguage = (language) => write(LANGUAGE, language);

/** Dismissals of scope "rule" from earlier visits. */
export function savedDismissals() {
  const rules = read(RULES, []);
  return Array.isArray(rules)
    ? rules.filter((rule) => typeof rule === "string").map((rule) => ({ rule, scope: "rule", text: null }))
    : [];
}

/** Keeps those of `dismissals` that are of scope "rule". */
export function saveDismissals(dismissals) {
  write(RULES, dismissals.filter(({ scope }) => scope === "rule").map(({ rule }) => rule));
}
