/** The text of a message on a page, as a reader would copy it. Works on documents that are not shown as well. */

const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DIV DL DT FIELDSET FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN OL P PRE SECTION TABLE TR UL".split(" "),
);
const UNSEEN = new Set("SCRIPT STYLE TEMPLATE NOSCRIPT HEAD BUTTON SELECT TEXTAREA INPUT SVG".split(" "));
const PARAGRAPHS = new Set(["P", "BLOCKQUOTE", "PRE"]);

/** Quoted history as mail programs mark it. */
export const QUOTED: readonly string[] = [
  "blockquote",
  ".gmail_quote",
  ".gmail_extra",
  ".gmail_attr",
  ".yahoo_quoted",
  ".moz-cite-prefix",
  "#divRplyFwdMsg",
  "#divRplyFwdMsg ~ *",
  "#appendonsend",
  "#appendonsend ~ *",
  ".zd_quoted",
  ".zmail_extra",
];

const QUOTE = /^\s*(?:>|&gt;)/;
const INTRODUCES = /\b(?:wrote|writes|schrieb|escribió|a écrit)\s*:\s*$|(?:yazdı|yazmış|napisał(?:a|\(a\)|\/a)?|pisze)\s*:?\s*$/iu;
const DATED = /[\d@]/;
const OLD_MESSAGE = /^\s*(?:-{2,}\s*(?:original message|forwarded message|özgün ileti|orijinal ileti|iletilen ileti|wiadomość oryginalna|wiadomość przekazana|oryginalna wiadomość)\s*-{2,}|_{20,})\s*$/iu;

/** The text of `root` without the elements that `leave` selects; blocks and line breaks become line ends. */
export function textOf(root: Element, leave: readonly string[] = []): string {
  const left = new Set(leave.length ? root.querySelectorAll(leave.join()) : []);
  let text = "";
  const line = (): void => {
    text = text.replace(/ +$/, "");
    if (text && !text.endsWith("\n")) text += "\n";
  };
  const walk = (parent: Node, kept: boolean): void => {
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        const data = (node as Text).data.replace(/[\u200b\u2060\ufeff]/g, "").replace(/\u00a0/g, " ");
        text += kept ? data : data.replace(/\s+/g, " ").replace(text === "" || /\s$/.test(text) ? /^ / : /^$/, "");
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        const element = node as Element;
        const name = element.tagName.toUpperCase();
        if (left.has(element) || UNSEEN.has(name) || element.hasAttribute("hidden")) continue;
        if (name === "BR") {
          text = `${text.replace(/ +$/, "")}\n`;
          continue;
        }
        if (BLOCKS.has(name)) line();
        if (PARAGRAPHS.has(name) && text && !text.endsWith("\n\n")) text += "\n";
        walk(element, kept || name === "PRE");
        if (BLOCKS.has(name)) line();
        if (PARAGRAPHS.has(name) && text && !text.endsWith("\n\n")) text += "\n";
      }
    }
  };
  walk(root, root.tagName === "PRE");
  return text.replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n").trim();
}

/** `text` without quoted lines, the line that introduces them, and older messages below. */
export function withoutQuotes(text: string): string {
  const lines = text.split("\n");
  const old = lines.findIndex((one) => OLD_MESSAGE.test(one));
  const kept = old > 0 ? lines.slice(0, old) : lines;
  const drop = new Set<number>();
  kept.forEach((one, index) => {
    if (QUOTE.test(one)) drop.add(index);
  });
  kept.forEach((one, index) => {
    if (!INTRODUCES.test(one)) return;
    const next = kept.findIndex((other, at) => at > index && other.trim() !== "");
    if (next >= 0 && !drop.has(next)) return;
    const wrapped = !DATED.test(one) && index > 0 && DATED.test(kept[index - 1] ?? "");
    if (!wrapped && !DATED.test(one)) return;
    drop.add(index);
    if (wrapped) drop.add(index - 1);
  });
  return kept
    .filter((_, index) => !drop.has(index))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
