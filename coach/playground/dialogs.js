/** The dialogs that ask for something: a pasted conversation, an access key. */

import { byId } from "./dom.js";
import { parseTranscript } from "./transcript.js";

/** Makes the dialogs work: `onPaste(turns)` with at least one turn, `onKey(key)`. */
export function setUpDialogs({ onPaste, onKey }) {
  byId("paste-own").addEventListener("click", () => byId("paste").showModal());
  byId("paste-cancel").addEventListener("click", () => byId("paste").close());
  byId("paste-form").addEventListener("submit", (event) => {
    const turns = parseTranscript(byId("paste-text").value);
    if (!turns.length) {
      event.preventDefault();
      return;
    }
    byId("paste-text").value = "";
    onPaste(turns);
  });
  byId("unlock-form").addEventListener("submit", () => onKey(byId("unlock-key").value));
}

/** Asks for the access key. */
export function askForKey() {
  if (!byId("unlock").open) byId("unlock").showModal();
}
