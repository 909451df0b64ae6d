/** Underlines of ranges by the CSS Custom Highlight API: nothing is put into the document that is edited. */

const PREFIX = "reply-coach";
const NAMES = ["error", "warning", "hint", "active"] as const;
const SHEET = `
  ::highlight(${PREFIX}-error) { text-decoration: underline wavy 2px #c8322b; background-color: #c8322b1f; }
  ::highlight(${PREFIX}-warning) { text-decoration: underline wavy 2px #b26a00; background-color: #b26a001f; }
  ::highlight(${PREFIX}-hint) { text-decoration: underline dotted 2px #2f6fbd; background-color: #2f6fbd17; }
  ::highlight(${PREFIX}-active) { text-decoration: underline solid 2px #6b3fa0; background-color: #6b3fa038; }
`;

export type MarkName = (typeof NAMES)[number];

export interface Marker {
  /** Underlines these ranges and no others. */
  show(marks: { range: Range; name: MarkName }[]): void;
}

type View = Window & typeof globalThis;

/** The marker for text in `element`; its document's (or shadow root's) style sheets are added to while something is shown. */
export function markerOf(element: Element): Marker {
  const root = element.getRootNode() as Document | ShadowRoot;
  const view = (element.ownerDocument.defaultView ?? window) as View;
  let sheet: CSSStyleSheet | null = null;
  let shown = "";
  return {
    show(marks) {
      if (!marks.length && !shown) return;
      if (marks.length) {
        if (!sheet) {
          sheet = new view.CSSStyleSheet();
          sheet.replaceSync(SHEET);
        }
        if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      } else if (sheet) {
        const own = sheet;
        root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== own);
      }
      shown = marks.length ? "some" : "";
      const registry = view.CSS.highlights;
      for (const [priority, name] of NAMES.entries()) {
        const ranges = marks.filter((mark) => mark.name === name).map(({ range }) => range);
        if (!ranges.length) {
          registry.delete(`${PREFIX}-${name}`);
          continue;
        }
        const highlight = new view.Highlight(...ranges);
        highlight.priority = name === "active" ? 10 : NAMES.length - priority;
        registry.set(`${PREFIX}-${name}`, highlight);
      }
    },
  };
}
