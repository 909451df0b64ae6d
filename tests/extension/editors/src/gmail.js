import { offer, toHtml } from "./bench.js";

// Markup as in webmail: lines are divs, a signature below, the older mail quoted.
const root = document.querySelector("#editor");
Object.assign(root, { contentEditable: "true", role: "textbox", className: "Am Al editable LW-avf" });
root.setAttribute("aria-label", "Message Body");
root.setAttribute("g_editable", "true");
const QUOTE = '<div class="gmail_quote"><div>On Monday Dana wrote:</div><blockquote class="gmail_quote">Please calm down. Why is nobody answering?</blockquote></div>';
offer({
  load: (paragraphs) => (root.innerHTML = `${toHtml(paragraphs, "div")}${QUOTE}`),
  html: () => root.innerHTML.replace(QUOTE, ""),
});
