/** What a page is told of the reviews of its draft: news at once, "the same as before" once typing rests, as each message costs the page. */

import type { PageState, Review, ToPage } from "../contract";

export const REST = 250;

export class Reviews {
  /** The newest review without its findings. */
  newest: PageState["review"] = null;
  #told = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly post: (message: Extract<ToPage, { type: "review" }>) => void) {}

  take(conversation: string, text: string, review: Review): void {
    const { findings: _, ...rest } = review;
    const told = JSON.stringify([conversation, review]);
    const same = told === this.#told;
    this.newest = rest;
    this.#told = told;
    clearTimeout(this.#timer);
    if (same) this.#timer = setTimeout(() => this.post({ type: "review", conversation, text, review: null }), REST);
    else this.post({ type: "review", conversation, text, review });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
