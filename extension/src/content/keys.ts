/** The keys that work in the reply box while there are findings. */

export type Key = { do: "step"; by: 1 | -1 } | { do: "apply-first" } | { do: "close" } | { do: "enter" } | { do: "wording"; index: number };

/** What a key asks for; null if it is not ours. `open`: a card is. */
export function keyOf(event: KeyboardEvent, open: boolean): Key | null {
  if (event.isComposing) return null;
  const { key, code } = event;
  const bare = !event.altKey && !event.ctrlKey && !event.metaKey;
  const alt = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.getModifierState("AltGraph");
  if (key === "F8" && bare) return { do: "step", by: event.shiftKey ? -1 : 1 };
  if (alt && key === "Enter") return { do: "apply-first" };
  if (!open) return null;
  if (key === "Escape" && bare) return { do: "close" };
  if (alt && key === "ArrowDown") return { do: "enter" };
  if (alt && /^Digit[1-9]$/.test(code)) return { do: "wording", index: Number(code.at(-1)) - 1 };
  return null;
}
