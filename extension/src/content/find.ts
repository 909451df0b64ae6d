/** Finds the reply box: the one an adapter names, or the one that has the focus. */

const OPTED_OUT = '[data-enable-grammarly="false"], [data-gramm="false"], [data-reply-coach="false"]';
/** Code, search and pickers are no replies. */
const NO_REPLY = ".cm-content, .CodeMirror, .monaco-editor, .ace_editor, [role=searchbox], [role=combobox], [role=spinbutton], [aria-multiline=false]";

export type Found = { element: HTMLElement; off: false } | { element: HTMLElement | null; off: true } | null;

/** What may be written in inside `element`: itself, the host around it, or what a same-origin iframe or wrapper holds. */
export function editableIn(element: Element): HTMLElement | null {
  if (element.tagName === "TEXTAREA") return element as HTMLElement;
  if (element.tagName === "IFRAME") {
    const inner = innerDocument(element as HTMLIFrameElement);
    if (!inner?.body) return null;
    if (inner.body.isContentEditable || inner.designMode === "on") return inner.body;
    const host = inner.querySelector<HTMLElement>("[contenteditable]:not([contenteditable=false]), textarea");
    return host ?? null;
  }
  if ((element as HTMLElement).isContentEditable) return hostOf(element as HTMLElement);
  const inside = element.querySelector<HTMLElement>("textarea, [contenteditable]:not([contenteditable=false]), iframe");
  return inside && inside !== element ? editableIn(inside) : null;
}

/** The element that has the focus, through open shadow roots and same-origin iframes. */
export function focused(root: Document | ShadowRoot = document): Element | null {
  const element = root.activeElement;
  if (!element) return null;
  if (element.shadowRoot) return focused(element.shadowRoot) ?? element;
  if (element.tagName === "IFRAME") {
    const inner = innerDocument(element as HTMLIFrameElement);
    return inner ? focused(inner) : null;
  }
  return element;
}

/** The reply box by the focus: a textarea or the outermost editing host. */
export function focusedBox(): HTMLElement | null {
  const element = focused() as HTMLElement | null;
  if (!element) return null;
  if (element.tagName === "TEXTAREA") return element;
  if (element.ownerDocument.designMode === "on") return element.ownerDocument.body;
  return element.isContentEditable ? hostOf(element) : null;
}

/** Whether the coach keeps out of `element`: read-only, or its site or author said so, or it holds no reply. */
export function isOff(element: HTMLElement): boolean {
  const area = element as HTMLTextAreaElement;
  if (element.tagName === "TEXTAREA" && (area.readOnly || area.disabled)) return true;
  if (element.closest(OPTED_OUT) || element.closest(NO_REPLY) || element.closest("[aria-disabled=true], [aria-readonly=true]")) return true;
  const frame = element.ownerDocument.defaultView?.frameElement;
  return Boolean(frame?.closest(OPTED_OUT));
}

function hostOf(element: HTMLElement): HTMLElement {
  let host = element;
  while (host.parentElement?.isContentEditable) host = host.parentElement;
  return host;
}

function innerDocument(frame: HTMLIFrameElement): Document | null {
  try {
    return frame.contentDocument;
  } catch {
    return null;
  }
}
