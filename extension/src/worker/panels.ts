/** The side panels that are open, each beside a tab. */

import { type Command, type PanelRequest, type PanelState, type Settings, WAKE } from "../contract";
import { isPanelRequest } from "./check";
import { isGranted, patternOf } from "./sites";
import type { PageClient } from "./tabs";

export interface PanelWorld {
  settings(): Settings;
  page(tab: number): PageClient | undefined;
  command(tab: number, command: Command): void;
  open(message: Extract<PanelRequest, { type: "open" }>): void;
}

export class Panels {
  #tabs = new Map<chrome.runtime.Port, number | null>();

  constructor(private readonly world: PanelWorld) {}

  welcome(port: chrome.runtime.Port): void {
    this.#tabs.set(port, null);
    port.onDisconnect.addListener(() => this.#tabs.delete(port));
    void this.#tell(port);
  }

  receive(port: chrome.runtime.Port, request: unknown): void {
    if (!isPanelRequest(request)) return;
    if (request.type === "watch") {
      this.#tabs.set(port, request.tab);
      void this.#tell(port);
    } else if (request.type === "open") {
      this.world.open(request);
    } else {
      void this.#tabOf(port).then((tab) => tab?.id !== undefined && this.world.command(tab.id, request.command));
    }
  }

  /** Something changed in `tab`; null: maybe in every one. */
  async tell(tab: number | null): Promise<void> {
    for (const [port, watched] of this.#tabs) if (tab === null || watched === null || watched === tab) await this.#tell(port);
  }

  async #tabOf(port: chrome.runtime.Port): Promise<chrome.tabs.Tab | undefined> {
    const tab = this.#tabs.get(port) ?? null;
    if (tab !== null) return chrome.tabs.get(tab).catch(() => undefined);
    const [active] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    return active;
  }

  async #tell(port: chrome.runtime.Port): Promise<void> {
    const tab = await this.#tabOf(port);
    const page = tab?.id === undefined ? undefined : this.world.page(tab.id);
    const site = patternOf(tab?.url);
    const { uiLanguage, language, server } = this.world.settings();
    const granted = site !== null && (await isGranted(site.pattern));
    if (granted && !page && tab?.id !== undefined) void chrome.tabs.sendMessage(tab.id, WAKE).catch(() => undefined);
    const state: PanelState = {
      tab: granted ? { host: site.host } : null,
      connection: page?.line.talk.connection ?? { state: "asleep" },
      page: page?.state ?? null,
      settings: { uiLanguage, language, server },
    };
    if (this.#tabs.has(port)) port.postMessage({ type: "state", state });
  }
}
