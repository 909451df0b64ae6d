/** What the agent does on the page and in the same-origin iframe that holds the reply box. */

import { framing } from "./boxes";

export interface Watch {
  /** Listens in the document of `element` too. */
  follow(element: HTMLElement): void;
  stop(): void;
}

export interface WatchActions {
  edited(): void;
  focused(): void;
  moved(): void;
  /** Something was clicked or chosen: the reply may have become a note. */
  acted(): void;
  pointed(x: number, y: number): void;
  /** The mouse left the box. */
  left(): void;
  clicked(x: number, y: number): void;
  key(event: KeyboardEvent): boolean;
  /** Whether an event is in our own layer. */
  own(event: Event): boolean;
}

/** Listens until stopped. Only what the agent does counts, events that scripts make up do not, except that text changed. */
export function watch(on: WatchActions): Watch {
  const documents = new Map<Document, AbortController>();
  let element: HTMLElement | null = null;
  let sizes: ResizeObserver | null = null;
  let frame = 0;
  let over = false;

  const once = (act: () => void) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(act);
  };
  const inside = (event: Event) => element !== null && event.composedPath().includes(element);
  const listen = (target: Document) => {
    if (documents.has(target)) return;
    const ending = new AbortController();
    const options = { capture: true, passive: true, signal: ending.signal };
    documents.set(target, ending);
    const add = <T extends Event>(name: string, act: (event: T) => void) =>
      target.addEventListener(name, (event) => !on.own(event) && act(event as T), options);
    add("input", () => on.edited());
    add("focusin", () => on.focused());
    add("change", () => on.acted());
    add("scroll", () => once(on.moved));
    add<MouseEvent>("mousemove", (event) => {
      const was = over;
      over = inside(event);
      if (!over && !was) return;
      const { x, y } = framing(target);
      const at = [event.clientX + x, event.clientY + y] as const;
      once(() => (over ? on.pointed(...at) : on.left()));
    });
    add<MouseEvent>("click", (event) => {
      if (!event.isTrusted) return;
      on.acted();
      const { x, y } = framing(target);
      if (inside(event)) on.clicked(event.clientX + x, event.clientY + y);
    });
    target.addEventListener(
      "keydown",
      (event) => {
        if (!event.isTrusted || on.own(event) || !on.key(event)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { capture: true, signal: ending.signal },
    );
  };
  const blur = () => on.focused();
  const resize = () => on.moved();
  listen(document);
  window.addEventListener("blur", blur);
  window.addEventListener("resize", resize);
  return {
    follow(next) {
      if (next === element && documents.has(next.ownerDocument)) return;
      sizes?.disconnect();
      for (const [known, ending] of documents) {
        if (known === document || known === next.ownerDocument) continue;
        ending.abort();
        documents.delete(known);
      }
      element = next;
      listen(next.ownerDocument);
      sizes = new ResizeObserver(() => on.moved());
      sizes.observe(next);
    },
    stop() {
      for (const ending of documents.values()) ending.abort();
      documents.clear();
      sizes?.disconnect();
      cancelAnimationFrame(frame);
      window.removeEventListener("blur", blur);
      window.removeEventListener("resize", resize);
    },
  };
}
