/** The keyboard: which chord does what. */

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** How `chord` ("Alt+1") is written on this machine's keys. */
export const chordName = (chord) =>
  MAC ? chord.replace("Alt+", "⌥").replace("Shift+", "⇧").replace("Ctrl+", "⌘") : chord;

/** The chords shown to the user, each with the key of its explanation. */
export const CHORDS = [
  [["F8", "Alt+."], "keys.next"],
  [["Shift+F8", "Alt+,"], "keys.previous"],
  [["Alt+Enter"], "keys.first"],
  [["Alt+1", "Alt+9"], "keys.nth"],
  [["Esc"], "keys.close"],
  [["Ctrl+Enter"], "keys.send"],
  [["Ctrl+Z"], "keys.undo"],
  [["?"], "keys.help"],
];

function command(event) {
  const { key, code } = event;
  if (event.isComposing) return null;
  const alt = event.altKey && !event.ctrlKey && !event.metaKey && !event.getModifierState("AltGraph");
  if (key === "F8" && !event.ctrlKey && !event.altKey) return ["step", event.shiftKey ? -1 : 1];
  if (alt && (key === "." || (code === "Period" && !/[\p{L},]/u.test(key)))) return ["step", 1];
  if (alt && (key === "," || (code === "Comma" && !/[\p{L}.]/u.test(key)))) return ["step", -1];
  if (alt && key === "Enter") return ["apply", 0];
  if (alt && /^Digit[1-9]$/.test(code)) return ["apply", Number(code.at(-1)) - 1];
  if (key === "Escape" && !event.altKey && !event.ctrlKey) return ["escape"];
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) return ["send", event.target];
  if (key === "?" && !event.target.closest("textarea, input, select")) return ["help"];
  return null;
}

/** Listens; `commands` are step(direction), apply(index), escape(), send(target), help(), each saying whether it took the key. */
export function listen(commands) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const [name, value] = command(event) ?? [];
    if (name && commands[name](value) !== false) event.preventDefault();
  });
}
