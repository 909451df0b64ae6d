import type { Adapter } from "../types";

/** Newest first on the page; times are words only, so the threads' numbers order them. */
export const freescout: Adapter = {
  id: "freescout",
  name: "FreeScout",
  evidence: "source",
  fits: { path: "/conversation/\\d+", has: "#conv-layout" },
  ticket: { address: "/conversation/(?<id>\\d+)" },
  turns: [
    {
      item: ".thread[data-thread_id]",
      text: ".thread-body",
      leave: [".thread-attachments", ".alert", ".thread-meta"],
      roles: [
        { role: "customer", when: ".thread-type-customer" },
        { role: "agent", when: ".thread-type-message, .thread-type-note" },
      ],
      internal: [".thread-type-note"],
      skip: [".thread-type-draft", ".thread-type-lineitem"],
      key: "data-thread_id",
    },
  ],
  editors: [{ box: ".conv-reply-block .note-editable[contenteditable='true']" }, { box: ".conv-reply-block textarea#body" }],
  note: [".conv-reply-block.conv-note-block"],
  closing: [".conv-reply-block select[name='status'] option[value='3']:checked"],
};
