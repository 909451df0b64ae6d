/** Replaces words in an editing host. What an editor's model takes differs from editor to editor, so each step is checked. */

import { type Change, type Outcome, pause, until } from "./boxes";
import { type Flat, crossesGap } from "./flatten";
import { type Act, type Held, holdKeys } from "./hold";
import { type Span, applied, difference, movedCaret } from "./spans";
import type { Surface } from "./surface";

const SELECTED = 60;
const SLOW = 180;
const TAKEN = 600;
// An editor hears of the caret's place a little after the document: until then no key may come through.
const SEEN = 25;

const squash = (text: string) => text.replace(/\s+/g, "");

/** Replaces, if the text is still `before`; the caret stays with its words, and keys that come meanwhile take effect afterwards. */
export async function replaceIn(on: Surface, given: Change, before: string): Promise<Outcome> {
  // A new line is the editor's own affair: the words stay in this one.
  const change = { ...given, text: given.text.replace(/\n+/g, " ") };
  if (on.composing || on.text() !== before) return "stale";
  const wide = solid(change, on.read());
  if (!wide) return "kept";
  const caret = on.caret();
  const back = (done: boolean) => {
    const made = done ? change : difference(before, on.text());
    return caret === null ? made.start + made.text.length : movedCaret(caret, made);
  };
  const held = holdKeys(on.document, () => on.place(back(on.text() !== before)));
  try {
    const outcome = await cascade(on, wide, before, held);
    if (held.off) return outcome;
    const at = back(outcome === "done");
    on.place(at);
    let span: Span = { start: at, end: at };
    for (;;) {
      await pause(SEEN);
      const act = held.off ? null : held.next();
      if (!act) return outcome;
      span = await perform(on, act, span, held);
    }
  } finally {
    held.release();
  }
}

/**
 * `change` with a text and a range that are not empty, taken from one character beside it: editors take that more reliably.
 * null where it would take away what is no text.
 */
export function solid(change: Change, flat: Flat): Change | null {
  const { start, end, text } = change;
  if (crossesGap(flat, start, end)) return null;
  if (text && start < end) return change;
  const holds = (at: number) => flat.pieces.some((piece) => piece.at <= at && at + 1 <= piece.at + piece.length);
  if (holds(end)) {
    const size = flat.text.codePointAt(end)! > 0xffff ? 2 : 1;
    if (!crossesGap(flat, start, end + size)) return { start, end: end + size, text: text + flat.text.slice(end, end + size) };
  }
  if (start > 0 && holds(start - 1)) {
    const size = start > 1 && flat.text.codePointAt(start - 2)! > 0xffff ? 2 : 1;
    if (!crossesGap(flat, start - size, end)) return { start: start - size, end, text: flat.text.slice(start - size, start) + text };
  }
  return change;
}

async function cascade(on: Surface, change: Change, before: string, held: Held): Promise<Outcome> {
  const wanted = applied(before, change);
  if (wanted === before) return "done";
  if (!(await attempt(on, change, before, held))) return "stale";
  if (on.text() === before) return "failed";
  if (squash(on.text()) === squash(wanted)) return "done";
  if (held.off) return "stale";
  return (await restore(on, before, held)) ? "failed" : "half";
}

/** Tries one way after the other until the text changes; says whether it still was `before` when it began with each. */
async function attempt(on: Surface, change: Change, before: string, held: Held): Promise<boolean> {
  const want = squash(applied(before, change));
  const untouched = () => on.text() === before;
  const done = () => !untouched() && squash(on.text()) === want;
  const ready = () => !held.off && untouched();
  const draft = on.element.closest(".DraftEditor-root, .public-DraftEditor-content") !== null;
  if (!draft) {
    const range = on.select(change);
    if (!range) return true;
    await pause(SELECTED);
    if (!ready()) return false;
    const taken = announce(on, "insertReplacementText", change.text, range);
    if (taken || !untouched()) await until(done, TAKEN);
    else if (!on.element.hasAttribute("data-slate-editor")) {
      if (change.text) on.document.execCommand("insertText", false, change.text);
      else on.document.execCommand("delete");
      await until(done, SELECTED);
    }
  }
  if (untouched()) {
    if (held.off) return false;
    on.select(change);
    await pause(SLOW);
    if (!ready()) return false;
    paste(on, carry(on, change.text));
    await until(done, TAKEN);
  }
  return true;
}

/** Puts `before` back after an editor made something else of it. */
async function restore(on: Surface, before: string, held: Held): Promise<boolean> {
  const spoiled = on.text();
  on.document.execCommand("undo");
  if (await until(() => on.text() === before, SELECTED)) return true;
  if (on.text() !== spoiled) {
    on.document.execCommand("redo");
    await until(() => on.text() === spoiled, SELECTED);
  }
  const text = on.text();
  const change = solid(difference(text, before), on.read());
  if (change) await attempt(on, change, text, held);
  return squash(on.text()) === squash(before);
}

/** Does what the agent did while the keys were held, with the selection at `span`; gives where it is then. */
async function perform(on: Surface, act: Act, span: Span, held: Held): Promise<Span> {
  const here = () => on.selected() ?? span;
  if ("paste" in act) {
    const before = on.text();
    await pause(SELECTED);
    if (!paste(on, act.paste) && !(await until(() => on.text() !== before, SELECTED))) {
      const html = act.paste.getData("text/html");
      on.document.execCommand(html ? "insertHTML" : "insertText", false, html || act.paste.getData("text/plain"));
    }
    return here();
  }
  if ("text" in act) return insert(on, { ...span, text: act.text }, held);
  const { key, shift, word } = act;
  const { selection } = on;
  if (key === "Enter") {
    await breakLine(on, shift);
  } else if (key === "Backspace" || key === "Delete") {
    if (span.start < span.end) return insert(on, { ...span, text: "" }, held);
    selection?.modify("extend", key === "Delete" ? "forward" : "backward", word ? "word" : "character");
    return insert(on, { ...here(), text: "" }, held);
  } else {
    const forward = ["ArrowRight", "ArrowDown", "End"].includes(key);
    const ends = key === "Home" || key === "End";
    const upright = key === "ArrowUp" || key === "ArrowDown";
    const step = ends ? (word ? "documentboundary" : "lineboundary") : upright ? "line" : word ? "word" : "character";
    selection?.modify(shift ? "extend" : "move", upright || ends ? (forward ? "forward" : "backward") : forward ? "right" : "left", step);
    await pause(SELECTED);
  }
  return here();
}

async function insert(on: Surface, change: Change, held: Held): Promise<Span> {
  let outcome: Outcome = "failed";
  // Froala takes letters beside the place along: then the word as a whole.
  for (const taken of [change, overWords(change, on.text())]) {
    const wide = solid(taken, on.read());
    outcome = wide ? await cascade(on, wide, on.text(), held) : "kept";
    if (outcome !== "failed") break;
  }
  const at = outcome === "done" ? change.start + change.text.length : change.end;
  if (!held.off) on.place(at);
  return { start: at, end: at };
}

/** The same change over the whole words that it touches. */
function overWords({ start, end, text }: Change, whole: string): Change {
  const from = start - (/\S*\s?$/.exec(whole.slice(0, start))?.[0].length ?? 0);
  const to = end + (/^\S*/.exec(whole.slice(end))?.[0].length ?? 0);
  return { start: from, end: to, text: whole.slice(from, start) + text + whole.slice(end, to) };
}

async function breakLine(on: Surface, soft: boolean): Promise<void> {
  const kind = soft ? "insertLineBreak" : "insertParagraph";
  await pause(SELECTED);
  const before = on.element.innerHTML;
  const broken = () => on.element.innerHTML !== before;
  const init = { key: "Enter", code: "Enter", keyCode: 13, shiftKey: soft, bubbles: true, cancelable: true, composed: true };
  const pressed = !on.element.dispatchEvent(new on.view.KeyboardEvent("keydown", init));
  if (pressed || announce(on, kind, null, null)) await until(broken, SLOW);
  else if (!(await until(broken, SELECTED))) on.document.execCommand(kind);
  await pause(SELECTED);
}

function announce(on: Surface, inputType: string, text: string | null, range: Range | null): boolean {
  const { view } = on;
  const event = new view.InputEvent("beforeinput", {
    bubbles: true,
    cancelable: true,
    composed: true,
    inputType,
    data: text,
    ...(text === null ? {} : { dataTransfer: carry(on, text) }),
    ...(range ? { targetRanges: [new view.StaticRange(range)] } : {}),
  });
  on.element.dispatchEvent(event);
  return event.defaultPrevented;
}

/** Says whether the editor took it. */
function paste(on: Surface, clipboardData: DataTransfer): boolean {
  return !on.element.dispatchEvent(new on.view.ClipboardEvent("paste", { bubbles: true, cancelable: true, composed: true, clipboardData }));
}

function carry(on: Surface, text: string): DataTransfer {
  const data = new on.view.DataTransfer();
  data.setData("text/plain", text);
  return data;
}
