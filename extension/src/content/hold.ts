/** Keeps the agent's keys back while words are selected for replacement, so that no key lands on them. */

/** What the agent did meanwhile, to be done afterwards. */
export type Act = { text: string } | { paste: DataTransfer } | { key: string; shift: boolean; word: boolean };

export interface Held {
  /** What is to be done next. */
  next(): Act | null;
  release(): void;
  /** An input method began to compose, which nobody can hold: the replacement is off. */
  readonly off: boolean;
}

const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"];
const LATER = ["Enter", "Backspace", "Delete", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

/** Holds the keys of `document` back until they are released. `onOff` is called before an input method begins to compose. */
export function holdKeys(document: Document, onOff: () => void): Held {
  const target = document.defaultView ?? window;
  const acts: Act[] = [];
  const ending = new AbortController();
  let off = false;
  const stop = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const key = (event: KeyboardEvent) => {
    const { key, altKey, shiftKey } = event;
    if (MODIFIERS.includes(key) || event.isComposing || event.keyCode === 229) return;
    const command = event.ctrlKey || event.metaKey;
    if ((command && key.toLowerCase() === "v") || (shiftKey && key === "Insert")) return;
    const last = acts.at(-1);
    if (key.length <= 2 && (event.getModifierState("AltGraph") || (!command && !altKey))) {
      if (last && "text" in last) last.text += key;
      else acts.push({ text: key });
    } else if (LATER.includes(key) && !altKey && !(command && key === "Enter")) acts.push({ key, shift: shiftKey, word: command });
    stop(event);
  };
  const paste = (event: ClipboardEvent) => {
    const { clipboardData } = event;
    if (clipboardData) acts.push({ paste: copied(clipboardData, target as typeof window) });
    stop(event);
  };
  const compose = () => {
    off = true;
    ending.abort();
    onOff();
  };
  const listen = <T extends Event>(name: string, act: (event: T) => void) =>
    target.addEventListener(name, (event) => event.isTrusted && act(event as T), { capture: true, signal: ending.signal });
  listen("keydown", key);
  listen("paste", paste);
  listen("compositionstart", compose);
  for (const name of ["mousedown", "pointerdown"]) listen(name, stop);
  return {
    next: () => acts.shift() ?? null,
    release: () => ending.abort(),
    get off() {
      return off;
    },
  };
}

function copied(data: DataTransfer, view: typeof window): DataTransfer {
  const copy = new view.DataTransfer();
  for (const type of data.types) if (type !== "Files") copy.setData(type, data.getData(type));
  for (const file of data.files) copy.items.add(file);
  return copy;
}
