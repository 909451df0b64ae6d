import type { Adapter } from "../types";

/** The reply page shows no history: it is read from the ticket's pages. Only the records tell comments (internal) from correspondence. */
export const requestTracker: Adapter = {
  id: "request-tracker",
  name: "Request Tracker 5",
  evidence: "run",
  fits: { path: "/Ticket/(?:Display|Update|History|ModifyAll)\\.html$", has: 'body[id^="comp-Ticket-"]' },
  ticket: { address: "^\\w+://[^/]+(?<base>(?:/[^/?#]+)*?)/Ticket/\\w+\\.html\\?(?:[^#]*&)?id=(?<id>\\d+)", page: { select: 'form[name="TicketUpdate"] input[name="id"]', attribute: "value" } },
  pages: ["{base}/Ticket/Display.html?id={id}", "{base}/Helpers/TicketHistory?id={id}"],
  records: {
    url: "{base}/REST/2.0/ticket/{id}/history?fields=Type,Created&per_page=100",
    items: "items",
    key: "id",
    at: "Created",
    kind: "Type",
    open: ["Create", "Correspond"],
    internal: ["Comment"],
  },
  turns: [
    {
      item: ".transaction.message[data-transaction-id]",
      text: ".messagebody",
      leave: [".message-stanza.closed", ".message-stanza-folder", ".downloadattachment"],
      roles: [
        {
          role: "customer",
          when: { part: ".description .user[data-user-id]", attribute: "data-user-id", among: [{ select: ".requestors .user[data-user-id]", attribute: "data-user-id" }] },
        },
        { role: "agent", when: ":has(.description .user[data-user-id])" },
      ],
      automatic: [':has(.description .user[data-user-id="1"])'],
      key: "data-transaction-id",
    },
  ],
  editors: [{ box: ".cke_contents iframe.cke_wysiwyg_frame", frame: true }, { box: 'textarea[name="UpdateContent"]' }],
  note: ['select[name="UpdateType"] option[value="private"]:checked'],
  reply: ['select[name="UpdateType"] option[value="response"]:checked'],
  closing: ['select[name="Status"] option:is([value="resolved"], [value="rejected"]):checked'],
};
