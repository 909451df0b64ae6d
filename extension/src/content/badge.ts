/** The number of findings at the corner of the reply box, and short notices. */

import { el, fill, unseen } from "../../../coach/playground/dom.js";
import type { Notice, ShownFinding } from "../contract";
import { t } from "../strings";
import { trusted } from "./card";

const SIZE = 24;
const GAP = 6;
const SHOWN = 6000;
/** So long an older check mark stays while a review of what was typed is on its way: no flicker at each key. */
const GRACE = 400;

const CLEAR = "clear";

export class Badge {
  #button: HTMLElement;
  #said: HTMLElement;
  #notice: HTMLElement;
  #timer = 0;
  #due = 0;
  #sketch = "";
  #width = SIZE;
  #placed = "";

  /** `onOpen`: the agent wants to see a finding; `onUndo`: to take the last wording back. */
  constructor(
    root: ShadowRoot,
    onOpen: () => void,
    private readonly onUndo: () => void,
  ) {
    this.#button = el("button", { type: "button", class: "badge", hidden: true, onclick: trusted(onOpen) });
    this.#button.addEventListener("mousedown", (event) => event.preventDefault());
    this.#said = el("span", { class: "unseen", role: "status" });
    this.#notice = el("div", { class: "notice", role: "status", hidden: true });
    this.#notice.addEventListener("mousedown", (event) => event.preventDefault());
    root.append(this.#button, this.#said, this.#notice);
  }

  /** Shows how many findings there are; says whether that is news. `live`: the coach is connected; `reviewed`: it has read this very text. */
  show(findings: readonly ShownFinding[], live: boolean, reviewed: boolean): boolean {
    clearTimeout(this.#due);
    if (!reviewed && live && this.#sketch === CLEAR) {
      this.#due = window.setTimeout(() => this.#draw(findings, live, false), GRACE);
      return false;
    }
    return this.#draw(findings, live, reviewed);
  }

  #draw(findings: readonly ShownFinding[], live: boolean, reviewed: boolean): boolean {
    const worst = ["error", "warning", "hint"].find((severity) => findings.some((one) => one.severity === severity)) ?? "none";
    const state = !live ? "offline" : findings.length ? "findings" : reviewed ? "clear" : "reading";
    const sketch = state === "findings" ? `${findings.length} ${worst}` : state;
    if (sketch === this.#sketch) return false;
    this.#sketch = sketch;
    const label = state === "offline" || state === "reading" ? t(`badge.${state}`) : t("badge.findings", { n: findings.length });
    this.#button.hidden = false;
    this.#button.dataset.severity = live ? worst : "none";
    this.#button.dataset.offline = String(!live);
    this.#button.dataset.count = String(findings.length);
    this.#button.dataset.state = state;
    this.#button.title = label;
    fill(this.#button, el("span", { "aria-hidden": "true" }, state === "findings" ? String(findings.length) : state === "clear" ? "✓" : "…"), unseen(label));
    if (state !== "reading") fill(this.#said, label);
    this.#width = this.#button.offsetWidth || SIZE;
    return true;
  }

  hide(): void {
    clearTimeout(this.#due);
    this.#sketch = "";
    this.#button.hidden = true;
    this.#notice.hidden = true;
  }

  /** Puts the badge into the lower right corner of `area`. */
  place(area: DOMRect): void {
    const placed = [area.left, area.right, area.bottom, area.width, area.height, this.#width].join(" ");
    if (placed === this.#placed) return;
    this.#placed = placed;
    const out = area.width < SIZE || area.height < SIZE / 2;
    this.#button.style.visibility = out ? "hidden" : "";
    this.#button.style.left = `${area.right - this.#width - GAP - 12}px`;
    this.#button.style.top = `${area.bottom - SIZE - GAP}px`;
    this.#notice.style.left = `${Math.max(GAP, area.left + GAP)}px`;
    this.#notice.style.top = `${Math.min(innerHeight - 40, area.bottom + GAP)}px`;
  }

  /** Says what became of something, for a moment. */
  tell(notice: Notice): void {
    clearTimeout(this.#timer);
    const undo = notice.code === "applied" && el("button", { type: "button", class: "undo", onclick: trusted(this.onUndo) }, t("reply.undo"));
    fill(this.#notice, t(`notice.${notice.code}`, { message: notice.message ?? "", chord: "Alt+Shift+0" }), undo);
    this.#notice.dataset.notice = notice.code;
    this.#notice.hidden = false;
    this.#timer = window.setTimeout(() => (this.#notice.hidden = true), SHOWN);
  }
}
