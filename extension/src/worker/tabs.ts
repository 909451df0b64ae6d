/** The content scripts that are connected, one line to the coach for each. */

import type { Command, Conversation, PageMessage, PageState, PageView, Settings, ToPage, UiLanguage } from "../contract";
import { isPageMessage } from "./check";
import type { Identity } from "./effects";
import { Line } from "./line";
import { Reviews } from "./reviews";
import type { Dismissals } from "./store";

export interface World {
  settings(): Settings;
  identity(): Identity;
  uiLanguage(): UiLanguage;
  dismissals: Dismissals;
  /** Something that the panel shows changed in this tab. */
  changed(tab: number): void;
  open(message: Extract<PageMessage, { type: "open" }>): void;
  dismissed(conversation: string): void;
}

const COLOURS = { error: "#b3261e", warning: "#8a5200", hint: "#24579a" };

export class PageClient {
  state: PageState | null = null;
  readonly line: Line;
  #conversation: Conversation | null = null;
  #reviews = new Reviews((message) => this.post(message));

  constructor(
    private readonly port: chrome.runtime.Port,
    readonly tab: number,
    private readonly world: World,
  ) {
    this.line = new Line(world.settings().server, world.identity(), {
      review: (conversation, text, review) => this.#reviews.take(conversation, text, review),
      connection: (connection) => {
        this.post({ type: "connection", connection });
        world.changed(tab);
      },
      notice: (notice) => this.post({ type: "notice", notice }),
    });
    this.post({ type: "start", uiLanguage: world.uiLanguage() });
  }

  get conversation(): string {
    return this.#conversation?.key ?? "";
  }

  post(message: ToPage): void {
    try {
      this.port.postMessage(message);
    } catch {
      // The page is gone; its port says so in a moment.
    }
  }

  receive(message: unknown): void {
    if (!isPageMessage(message)) return;
    const { dismissals } = this.world;
    switch (message.type) {
      case "conversation":
        this.#conversation = message.conversation;
        this.line.run((talk, now) => talk.converse(message.conversation, dismissals.of(this.conversation), now));
        this.post({ type: "dismissed", dismissed: dismissals.of(this.conversation) });
        break;
      case "draft":
        this.line.run((talk, now) => talk.write(message, now));
        break;
      case "quiet":
        this.line.run((talk) => talk.hush());
        break;
      case "dismiss":
      case "restore":
        void this.#dismiss(message);
        break;
      case "applied":
        this.line.run((talk, now) => talk.feedback("applied", { rule: message.rule }, dismissals.of(this.conversation), now));
        break;
      case "state":
        this.state = this.#whole(message.state);
        this.#badge();
        this.world.changed(this.tab);
        break;
      case "open":
        this.world.open(message);
        break;
    }
  }

  command(command: Command): void {
    this.post({ type: "command", command });
  }

  /** Dismissals changed, here or in another tab. */
  redismiss(): void {
    const dismissed = this.world.dismissals.of(this.conversation);
    this.post({ type: "dismissed", dismissed });
    this.line.run((talk, now) => talk.withhold(dismissed, now));
  }

  close(): void {
    this.#reviews.stop();
    this.line.end();
    void chrome.action.setBadgeText({ tabId: this.tab, text: "" }).catch(() => undefined);
  }

  async #dismiss({ type, dismissal }: Extract<PageMessage, { type: "dismiss" | "restore" }>): Promise<void> {
    const { dismissals } = this.world;
    if (type === "dismiss") await dismissals.add(this.conversation, dismissal);
    else await dismissals.remove(this.conversation, dismissal);
    this.line.run((talk, now) => talk.feedback(type, dismissal, dismissals.of(this.conversation), now));
    this.world.dismissed(this.conversation);
  }

  #whole({ reviewed, ...view }: PageView): PageState {
    return { ...view, conversation: this.#conversation, review: reviewed ? this.#reviews.newest : null };
  }

  #badge(): void {
    const shown = (this.state?.findings ?? []).filter(({ visible }) => visible);
    const worst = (["error", "warning", "hint"] as const).find((severity) => shown.some((one) => one.severity === severity));
    const quiet = () => undefined;
    void chrome.action.setBadgeText({ tabId: this.tab, text: shown.length ? String(shown.length) : "" }).catch(quiet);
    if (worst) void chrome.action.setBadgeBackgroundColor({ tabId: this.tab, color: COLOURS[worst] }).catch(quiet);
  }
}
