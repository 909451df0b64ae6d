/** Our texts in English, Turkish and Polish. Placeholder until the extension's own are there: those of the playground. */

export { known, language, speak, t } from "../../../coach/playground/strings.js";
