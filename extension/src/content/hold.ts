/** Keeps the agent's keys away while words are selected for replacement, so that no key lands on them. */

/** Holds the keys of `document` back until `release`; `take` gives the text typed since the last time. */
export function holdKeys(document: Document): { take: () => string; release: () => void } {
  const target = document.defaultView ?? window;
  let typed = "";
  const stop = (event: Event) => {
    if (!event.isTrusted) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const key = (event: KeyboardEvent) => {
    if (!event.isTrusted || ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"].includes(event.key)) return;
    if (event.key.length <= 2 && !event.ctrlKey && !event.metaKey && !(event.altKey && !event.getModifierState("AltGraph"))) typed += event.key;
    stop(event);
  };
  const others = ["paste", "drop", "mousedown", "pointerdown"];
  target.addEventListener("keydown", key, true);
  for (const name of others) target.addEventListener(name, stop, true);
  return {
    take() {
      const text = typed;
      typed = "";
      return text;
    },
    release() {
      target.removeEventListener("keydown", key, true);
      for (const name of others) target.removeEventListener(name, stop, true);
    },
  };
}
