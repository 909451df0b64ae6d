/** Our own layer over the page: a closed shadow root in the top document, out of reach for the page and for editors. */

import { STYLE } from "./style";

export class Layer {
  readonly root: ShadowRoot;
  /** No custom element: a page that defined it first would be handed the shadow root. */
  #host = document.createElement("div");

  constructor() {
    this.root = this.#host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.root.adoptedStyleSheets = [sheet];
    this.#host.popover = "manual";
    this.#host.dataset.replyCoach = "layer";
  }

  /** Shows the layer above everything, also above an open dialog that `element` is in. */
  raise(element: HTMLElement | null): void {
    const frame = element && element.ownerDocument !== document ? (element.ownerDocument.defaultView?.frameElement ?? null) : element;
    const home = frame?.closest("dialog") ?? document.documentElement;
    if (this.#host.parentElement !== home) home.append(this.#host);
    else if (this.#host.matches(":popover-open")) return;
    this.#host.showPopover();
  }

  remove(): void {
    this.#host.remove();
  }

  /** Whether `event` happened in the layer. */
  holds(event: Event): boolean {
    return event.composedPath().includes(this.#host);
  }
}
