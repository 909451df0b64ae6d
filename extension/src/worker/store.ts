/** What is kept: settings and dismissals. Content scripts cannot read it. */

import { DEFAULTS, type Dismissal, SETTINGS_KEY, type Settings } from "../contract";

const MOST = 300;
const CONVERSATIONS = 100;
const SESSION_KEY = "dismissed";

type ByConversation = Record<string, Dismissal[]>;

/** The settings, each checked; what is missing or odd is the default's. */
export async function loadSettings(): Promise<Settings> {
  const { [SETTINGS_KEY]: kept } = await chrome.storage.local.get(SETTINGS_KEY);
  return settingsFrom(kept);
}

/** Settings out of anything. */
export function settingsFrom(kept: unknown): Settings {
  const given = typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : {};
  const text = (name: "server" | "key") => (typeof given[name] === "string" ? given[name] : DEFAULTS[name]);
  const oneOf = <T extends string>(name: string, known: readonly T[], fallback: T) => known.find((one) => one === given[name]) ?? fallback;
  const languages = ["auto", "en", "tr", "pl"] as const;
  return {
    server: /^https?:\/\/[^/\s]+/.test(text("server")) ? text("server").replace(/\/+$/, "") : DEFAULTS.server,
    key: text("key"),
    language: oneOf("language", languages, DEFAULTS.language),
    uiLanguage: oneOf("uiLanguage", languages, DEFAULTS.uiLanguage),
    dismissed: Array.isArray(given.dismissed) ? given.dismissed.filter(isDismissal).slice(-MOST) : [],
  };
}

export function isDismissal(value: unknown): value is Dismissal {
  if (typeof value !== "object" || value === null) return false;
  const { rule, scope, text } = value as Record<string, unknown>;
  return typeof rule === "string" && rule.length <= 200 && ["here", "conversation", "rule"].includes(scope as string) && (text === undefined || text === null || typeof text === "string");
}

const same = (one: Dismissal, other: Dismissal) => one.rule === other.rule && one.scope === other.scope && (one.text ?? null) === (other.text ?? null);

/** Dismissals: those of a rule for good in the settings, the others with their conversation until the browser is closed. */
export class Dismissals {
  #conversations: ByConversation = {};
  #rules: Dismissal[] = [];

  async load(settings: Settings): Promise<void> {
    const { [SESSION_KEY]: kept } = await chrome.storage.session.get(SESSION_KEY);
    this.#conversations = (kept as ByConversation | undefined) ?? {};
    this.#rules = settings.dismissed;
  }

  settled(settings: Settings): void {
    this.#rules = settings.dismissed;
  }

  of(conversation: string): Dismissal[] {
    return [...this.#rules, ...(this.#conversations[conversation] ?? [])];
  }

  async add(conversation: string, dismissal: Dismissal): Promise<void> {
    if (this.of(conversation).some((one) => same(one, dismissal))) return;
    if (dismissal.scope === "rule") {
      this.#rules = [...this.#rules, dismissal].slice(-MOST);
      await this.#keepRules();
    } else {
      const { [conversation]: before = [], ...others } = this.#conversations;
      const kept = Object.entries(others).slice(1 - CONVERSATIONS);
      this.#conversations = { ...Object.fromEntries(kept), [conversation]: [...before, dismissal].slice(-MOST) };
      await chrome.storage.session.set({ [SESSION_KEY]: this.#conversations });
    }
  }

  async remove(conversation: string, dismissal: Dismissal): Promise<void> {
    const left = (list: readonly Dismissal[]) => list.filter((one) => !same(one, dismissal));
    if (dismissal.scope === "rule") {
      this.#rules = left(this.#rules);
      await this.#keepRules();
    } else {
      this.#conversations = { ...this.#conversations, [conversation]: left(this.#conversations[conversation] ?? []) };
      await chrome.storage.session.set({ [SESSION_KEY]: this.#conversations });
    }
  }

  async #keepRules(): Promise<void> {
    await chrome.storage.local.set({ [SETTINGS_KEY]: { ...(await loadSettings()), dismissed: this.#rules } });
  }
}
