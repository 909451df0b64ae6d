/** What became of the last command: said for a while, as the page tells it only once. */

import { el, fill } from "../../../coach/playground/dom.js";
import type { Notice } from "../contract";
import { need } from "../need";
import { t } from "../strings";

const SHOWN = 8000;
const TROUBLE: readonly Notice["code"][] = ["failed", "half", "kept", "error", "too_long", "stale"];

let timer = 0;

/** Shows `notice`; null leaves what is shown until its time is over. */
export function showNotice(notice: Notice | null): void {
  if (!notice) return;
  const node = need("notice");
  window.clearTimeout(timer);
  node.dataset["kind"] = TROUBLE.includes(notice.code) ? "trouble" : "";
  fill(node, el("p", {}, t(`notice.${notice.code}`, { message: notice.message ?? "" })));
  timer = window.setTimeout(() => fill(node), SHOWN);
}
