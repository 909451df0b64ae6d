import type { Adapter } from "../types";

const SWITCHER = '[data-test-id="omnichannel-channel-switcher-button"]';
const NOTE = "internal|[iİ]ç not|dahili|wewnętrzn";
const REPLY = "public reply|genel yanıt|herkese açık|odpowiedź publiczna|publiczna odpowiedź";

/** All open tickets stay in the page, so only the part of the one in the address is read. */
export const zendesk: Adapter = {
  id: "zendesk",
  name: "Zendesk",
  evidence: "scripts",
  fits: { host: "(?:^|\\.)zendesk\\.com$", path: "^/agent/" },
  ticket: { address: "/agent/tickets/(?<id>\\d+)" },
  scope: '[data-ticket-id="{id}"], [data-entity-id="{id}"], [data-side-conversations-anchor-id="{id}"]',
  turns: [
    {
      item: 'article[data-test-id="omni-log-comment-item"]',
      text: '[data-test-id="omni-log-message-content"]',
      leave: [".signature", "[data-test-id='omni-log-item-sender']", "time", ".zd-comment-quoted"],
      roles: [
        { role: "customer", when: ':has([data-test-id="omni-log-item-message"][type="end-user"])' },
        { role: "agent", when: ':has([data-test-id="omni-log-item-message"][type="agent"])' },
        { role: "agent", when: ':has([data-test-id="omni-log-internal-note-tag"])' },
        { role: "agent", when: ':has([data-test-id="omni-log-avatar-badge-AgentBadge"])' },
      ],
      internal: [':has([data-test-id="omni-log-internal-note-tag"])', ':has([data-test-id="omni-log-item-message"][type="internal"])'],
      automatic: [':has([data-originated-from="Trigger"])'],
      at: { part: "time[datetime]", attribute: "datetime" },
    },
  ],
  editors: [
    { box: '[data-test-id="omnicomposer-rich-text-ckeditor"][contenteditable="true"]' },
    { box: '[data-test-id="omnicomposer-plain-text-ckeditor"][contenteditable="true"]' },
  ],
  note: [`${SWITCHER}[data-channel="internal"]`, { part: SWITCHER, attribute: "aria-label", says: NOTE }, { part: SWITCHER, says: NOTE }],
  reply: [`${SWITCHER}[data-channel]:not([data-channel=""], [data-channel="internal"])`, { part: SWITCHER, attribute: "aria-label", says: REPLY }, { part: SWITCHER, says: REPLY }],
};
