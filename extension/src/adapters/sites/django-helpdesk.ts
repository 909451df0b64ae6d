import type { Adapter } from "../types";

/** A follow-up names the colleague who wrote it behind a middle dot; what came by mail has no such name. */
export const djangoHelpdesk: Adapter = {
  id: "django-helpdesk",
  name: "django-helpdesk",
  evidence: "run",
  fits: { path: "/tickets/\\d+/?$", has: "#followup-list, textarea#commentBox" },
  ticket: { address: "/tickets/(?<id>\\d+)/" },
  turns: [
    {
      item: ".card-body:has(> .d-flex form.ticket-hold), .card-body:has(> .d-flex a[href$='/edit/'])",
      leave: [":scope > .d-flex", ":scope > .alert", ":scope > .row"],
      roles: [{ role: "customer", when: "*" }],
    },
    {
      item: "#followup-list > li",
      text: ":scope > div.mt-3",
      roles: [
        { role: "customer", when: ":has(.badge .fa-arrow-left)" },
        { role: "agent", when: { part: ":scope > small:has(time)", says: "·\\s*\\S" } },
        { role: "customer", when: ":has(> small time)" },
      ],
      internal: [":has(.badge .fa-lock)"],
      skip: [":not(:has(> div.mt-3))"],
      at: { part: "time[datetime]", attribute: "datetime" },
    },
  ],
  editors: [{ box: "textarea#commentBox" }],
  note: ["#ticket-respond-form input[name='public'][type='checkbox']:not(:checked)"],
  reply: ["#ticket-respond-form input[name='public']:is(:checked, [type='hidden'])"],
  closing: ["#ticket-respond-form input[name='new_status']:is([value='3'], [value='4']):checked"],
};
