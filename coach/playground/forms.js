/** The controls around the reply box, each turned into one call. */

import { byId } from "./dom.js";

/** What the customer box holds, trimmed; emptied and folded away. */
function takeCustomerReply() {
  const box = byId("customer-reply");
  const text = box.value.trim();
  if (text) {
    box.value = "";
    byId("role-play").open = false;
  }
  return text;
}

/** Calls onCustomer(text) with what stands in the customer box, if anything does. */
export function submitCustomerReply(onCustomer) {
  const text = takeCustomerReply();
  if (text) onCustomer(text);
}

/** Makes the controls work: onSend(), onCustomer(text), onClosing(), onUndo(), onRestart(), onLanguage(language). */
export function setUpForms({ onSend, onCustomer, onClosing, onUndo, onRestart, onLanguage }) {
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    onSend();
  });
  byId("customer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    submitCustomerReply(onCustomer);
  });
  byId("closing").addEventListener("change", onClosing);
  byId("undo").addEventListener("click", onUndo);
  byId("restart").addEventListener("click", onRestart);
  byId("language").addEventListener("change", ({ target }) => onLanguage(target.value));
}
