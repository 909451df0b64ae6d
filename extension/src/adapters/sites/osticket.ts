import type { Adapter } from "../types";

/** Replies and internal notes have a form each; the one on the tab that is open shows. */
export const osticket: Adapter = {
  id: "osticket",
  name: "osTicket",
  evidence: "source",
  fits: { path: "/scp/tickets\\.php$", has: ".thread-entry, form#reply" },
  ticket: { address: "[?&]id=(?<id>\\d+)" },
  turns: [
    {
      item: ".thread-entry",
      text: ".thread-body",
      leave: [".attachments", ".clear"],
      roles: [
        { role: "customer", when: ".message" },
        { role: "agent", when: ".response, .note" },
      ],
      internal: [".note"],
      skip: [".system"],
      at: { part: "time[datetime]", attribute: "datetime" },
    },
  ],
  editors: [
    { box: "form#reply .redactor-in[contenteditable='true']" },
    { box: "form#reply textarea#response" },
    { box: "form#note .redactor-in[contenteditable='true']", note: true },
    { box: "form#note textarea#internal_note", note: true },
  ],
};
