/** Every text of the page, keyed by language. `en` is complete; what another language lacks is shown in English. */

import { en } from "./strings.en.js";
import { pl } from "./strings.pl.js";
import { tr } from "./strings.tr.js";

export const STRINGS = { en, tr, pl };

let current = "en";
let plurals = new Intl.PluralRules("en");

/** The language the page speaks. */
export const language = () => current;

/** The tag for dates and numbers: the browser's own for this language if it has one, so that it brings its region. */
export const locale = () => navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === current) ?? current;

/** What the language `code` is called on the page. */
export const languageName = (code) => new Intl.DisplayNames([current], { type: "language" }).of(code);

/** Picks the page's language: `wanted`, or with "auto" the first of the browser's that we speak. */
export function speak(wanted) {
  const browser = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  current = [wanted, ...(wanted === "auto" ? browser : [])].find((one) => Object.hasOwn(STRINGS, one)) ?? "en";
  plurals = new Intl.PluralRules(current);
}

/** The text of `key`, or null. `{name}` is filled from `values`; `n` picks the plural form. */
export function known(key, values = {}) {
  let text = STRINGS[current][key] ?? STRINGS.en[key];
  if (text === undefined) return null;
  if (typeof text === "object") text = text[plurals.select(values.n ?? 0)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The text of `key`; the key itself where there is none. */
export const t = (key, values) => known(key, values) ?? key;

/** Fills the static page: `data-t` is an element's text, `data-t-ATTRIBUTE` an attribute. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const attribute of ["aria-label", "placeholder", "title"]) {
    for (const node of root.querySelectorAll(`[data-t-${attribute}]`)) node.setAttribute(attribute, t(node.getAttribute(`data-t-${attribute}`)));
  }
  document.documentElement.lang = current;
}
