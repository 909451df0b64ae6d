import type { Adapter } from "../types";

/** The classic interface. All open tickets stay in the page, each in a tab of its own; the others do not show. */
export const zammad: Adapter = {
  id: "zammad",
  name: "Zammad (classic)",
  evidence: "source",
  fits: { has: ".ticket-article-item, .article-add .articleNewEdit-body" },
  ticket: { address: "#ticket/zoom/(?<id>\\d+)" },
  scope: ".content.active:has(.ticket-article-item, .article-add)",
  turns: [
    {
      item: ".ticket-article-item",
      text: ".richtext-content, .text-bubble",
      leave: [".bubble-arrow", ".textBubble-overflowContainer", ".js-signatureMarker", ".js-signatureMarker ~ *", "[data-signature]"],
      roles: [
        { role: "customer", when: ".customer" },
        { role: "agent", when: ".agent, .system" },
      ],
      internal: [":has(.text-bubble.internal)", ".is-internal"],
      automatic: [".system"],
      at: { part: "time[datetime]", attribute: "datetime" },
      key: "data-id",
    },
  ],
  editors: [{ box: '.articleNewEdit-body[contenteditable="true"]' }],
  note: [".article-add.is-internal"],
  reply: [".article-add.is-public"],
};
