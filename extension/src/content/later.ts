/** Something to be done once nothing has asked for it for a moment. One timer for many calls: setting one at each costs more than all else. */

export class Later {
  #timer = 0;
  #first = 0;
  #last = 0;

  /** `act` is called `rest` milliseconds after the last call (a half sooner at most), and `latest` after the first one at the latest. */
  constructor(
    private readonly act: () => void,
    private readonly rest: number,
    private readonly latest = Number.POSITIVE_INFINITY,
  ) {}

  call(): void {
    this.#last = performance.now();
    if (this.#timer) return;
    this.#first = this.#last;
    this.#timer = window.setTimeout(this.#due, this.rest);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #due = (): void => {
    const left = Math.min(this.#last + this.rest, this.#first + this.latest) - performance.now();
    if (left > this.rest / 2) {
      this.#timer = window.setTimeout(this.#due, left);
      return;
    }
    this.#timer = 0;
    this.act();
  };
}
