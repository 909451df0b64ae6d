import type { Adapter } from "../types";

/** Boxes of the thread that is open; windows of their own, and new mails, stand outside of it. */
const THREAD = '[role="main"]:has([data-message-id])';

/** The agent is whoever owns the mailbox: its address ends the page's title. */
export const gmail: Adapter = {
  id: "gmail",
  name: "Gmail",
  evidence: "scripts",
  fits: { host: "^mail\\.google\\.com$" },
  ticket: { address: "#[^?]*/(?<id>[A-Za-z0-9]{16,})" },
  turns: [
    {
      item: "[role=main] [data-message-id]:not([data-message-id] [data-message-id]):has(.gD[email])",
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
  editors: [
    { box: `${THREAD} div[contenteditable="true"]:is([g_editable="true"], .Am.Al.editable):not([role="dialog"] *)` },
    { box: `div[contenteditable="true"]:is([g_editable="true"], .Am.Al.editable):is([role="dialog"] *, :not(${THREAD} *))`, loose: true },
  ],
};
