/** Our texts in English, Turkish and Polish: those of the playground, and the extension's own on top. */

import { STRINGS, speak as speakPlain } from "../../../coach/playground/strings.js";
import { en } from "./en";
import { pl } from "./pl";
import { tr } from "./tr";

/** The extension's own texts by language. */
export const OWN = { en, tr, pl };

/** Picks the language: `wanted`, or with "auto" the first of the browser's that we speak. */
export function speak(wanted: string): void {
  for (const [language, texts] of Object.entries(OWN)) Object.assign(STRINGS[language as keyof typeof OWN], texts);
  speakPlain(wanted);
}

export { known, language, languageName, locale, t, translate } from "../../../coach/playground/strings.js";
