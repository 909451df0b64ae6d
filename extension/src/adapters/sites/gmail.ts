import type { Adapter } from "../types";

/** The agent is whoever owns the mailbox: its address ends the page's title. */
export const gmail: Adapter = {
  id: "gmail",
  name: "Gmail",
  evidence: "scripts",
  fits: { host: "^mail\\.google\\.com$" },
  ticket: { address: "#[^?]*/(?<id>[A-Za-z0-9]{16,})" },
  turns: [
    {
      item: "[data-message-id]:not([data-message-id] [data-message-id]):has(.gD[email])",
      text: ".a3s.aiL",
      leave: [".gmail_signature", ".adL > .gmail_quote", ".yj6qo"],
      roles: [
        {
          role: "agent",
          when: {
            part: ".gD[email]",
            attribute: "email",
            among: [
              { select: 'a[href*="SignOutOptions"][aria-label*="@"]', attribute: "aria-label", pattern: "[^\\s<>()]+@[^\\s<>()]+" },
              { select: "title", pattern: "[^\\s<>()]+@[^\\s<>()]+", last: true },
            ],
          },
        },
        { role: "customer", when: ":has(.gD[email])" },
      ],
    },
  ],
  editors: [{ box: 'div[contenteditable="true"][g_editable="true"]' }, { box: 'div.Am.Al.editable[contenteditable="true"]' }],
};
