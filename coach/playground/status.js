/** The polite count of findings under the reply box; waits for a pause so that screen readers are not flooded. */

import { byId, fill } from "./dom.js";
import { t } from "./strings.js";

const PAUSE = 600;

let timer = 0;

/** Says how many findings there are, or why none can be told: `unread` is "offline", "refused" or null; `empty` without text. */
export function announce({ unread, empty, count }) {
  clearTimeout(timer);
  const text = unread === "offline" ? "status.offline" : unread ? "status.unread" : empty && !count ? "status.empty" : "status.findings";
  fill(byId("status"), t(text, { n: count }));
  byId("status").dataset.state = unread ? "unread" : count ? "findings" : "clear";
}

/** The same, when nothing newer is to be said for a moment; `read()` gives what to say then. */
export function announceSoon(read) {
  clearTimeout(timer);
  timer = setTimeout(() => announce(read()), PAUSE);
}
