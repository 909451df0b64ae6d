import type { Adapter } from "../types";

/** One source only. What a thread is stands in its label; a label that says neither is left out. */
export const helpScout: Adapter = {
  id: "help-scout",
  name: "Help Scout",
  evidence: "scripts",
  fits: { host: "^secure\\.helpscout\\.net$", path: "^/conversation/" },
  ticket: { address: "/conversation/(?<id>\\d+)" },
  turns: [
    {
      item: 'ol[aria-label="Thread Items"] li > div[id^="thread-"]',
      text: 'div[class*="is-wide-layout"]:not([data-testid])',
      roles: [
        { role: "agent", when: { attribute: "aria-label", says: "\\bnote\\b" } },
        { role: "customer", when: { attribute: "aria-label", says: "\\bcustomer\\b" } },
        { role: "agent", when: { attribute: "aria-label", says: "\\buser\\b" } },
      ],
      internal: [{ attribute: "aria-label", says: "\\bnote\\b" }],
      at: { part: "time[datetime]", attribute: "datetime" },
      key: "id",
    },
  ],
  editors: [
    { box: '[data-cy="ConvoEditor"][contenteditable="true"]' },
    { box: '[data-cy="ConvoEditor"] [contenteditable="true"]' },
    { box: '[role="textbox"][aria-label="Reply Editor"]' },
    { box: '[role="textbox"][aria-label="Note Editor"]', note: true },
  ],
  reply: ['[role="textbox"][aria-label="Reply Editor"]'],
};
