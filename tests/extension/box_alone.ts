// A reply box with its desk on a page without the extension, driven by the test: edits are given, outcomes and notices read.
import { Desk } from "../../extension/src/content/desk";
import { editableIn } from "../../extension/src/content/find";
import { PlainBox } from "../../extension/src/content/plain";
import { RichBox } from "../../extension/src/content/rich";
import type { Review } from "../../extension/src/contract";

interface Edit {
  start: number;
  end: number;
  text: string;
}

const notices: string[] = [];
let desk: Desk;

Object.assign(window, {
  alone: {
    notices,
    running: null as Promise<unknown> | null,
    open(selector: string) {
      const element = editableIn(document.querySelector(selector)!)!;
      const layer = document.createElement("div");
      document.documentElement.append(layer);
      const box = element.tagName === "TEXTAREA" ? new PlainBox(element as HTMLTextAreaElement, layer.attachShadow({ mode: "open" })) : new RichBox(element, () => desk?.update());
      desk = new Desk(box, { draft: () => undefined, applied: () => undefined, changed: () => undefined, notice: ({ code }) => notices.push(code) });
    },
    text: () => desk.box.text(),
    caret: () => desk.box.caret(),
    update: () => desk.update(),
    canTakeBack: () => desk.undo.last() !== null,
    /** One finding on `words`, with one wording. */
    review(words: string, edits: Edit[]) {
      desk.update();
      const start = desk.text.indexOf(words);
      const span = { start, end: start + words.length };
      const finding = { rule: "x", family: "blame", severity: "error", visible: true, message: "m", why: "", span, suggestions: [{ label: "l", edits }] };
      desk.take(desk.text, { full: true, findings: [finding] } as unknown as Review);
    },
    apply: () => desk.apply(desk.findings[0]!, 0),
    takeBack: () => desk.takeBack(),
    replace: (edit: Edit) => desk.box.replace(edit, desk.box.text()),
  },
});
