/** What every editor page offers to the tests: a draft goes in as paragraphs of runs, the editor's own model comes out. */

const BLOCK = /^(P|DIV|LI|UL|OL|BLOCKQUOTE|H[1-6]|PRE)$/;

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n", "<br>");

/** Paragraphs of runs `{text, bold}` as HTML. */
export const toHtml = (paragraphs, tag = "p") =>
  paragraphs.map((runs) => `<${tag}>${runs.map(({ text, bold }) => (bold ? `<strong>${escaped(text)}</strong>` : escaped(text))).join("")}</${tag}>`).join("");

/** The paragraphs of HTML that an editor gives out, with `\n` for soft breaks. */
export function linesOf(html) {
  const root = new DOMParser().parseFromString(html, "text/html").body;
  const lines = [""];
  let open = true;
  const line = () => {
    if (!open) lines.push("");
    open = true;
  };
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) {
        lines[lines.length - 1] += child.data.replace(/[\u00a0]/g, " ").replace(/[\u200b\ufeff]/g, "");
        open = false;
      } else if (child.tagName === "BR") {
        lines[lines.length - 1] += "\n";
        open = false;
      } else if (child.nodeType === 1) {
        const block = BLOCK.test(child.tagName);
        if (block) line();
        walk(child);
        if (block) line();
      }
    }
  };
  walk(root);
  return lines.map((text) => text.replace(/\n$/, "").trimEnd()).filter((text) => text !== "");
}

/** Puts the bench on the page: `load(paragraphs)`, `html()` as the helpdesk would send it, `model()` as lines. */
export function offer({ load, html, model }) {
  window.bench = { load, html, model: model ?? (() => linesOf(html())) };
}
