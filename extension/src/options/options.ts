/** The options page: server, key, languages, sites, what is sent, shortcuts. */

import { fill } from "../../../coach/playground/dom.js";
import { DEFAULTS, SETTINGS_KEY, type OptionsRequests, type Settings, type TestResult } from "../contract";
import { need } from "../need";
import { serverAddress, unprotected } from "../sites";
import { speak, t, translate } from "../strings";
import { showShortcuts } from "./shortcuts";
import { setUpSites, showSites } from "./sites-list";
import { showRules } from "./rules-list";

let settings: Settings = DEFAULTS;

const field = (id: string): HTMLInputElement => need(id) as HTMLInputElement;

async function load(): Promise<Settings> {
  const stored = await chrome.storage.local.get(SETTINGS_KEY);
  return { ...DEFAULTS, ...(stored[SETTINGS_KEY] as Partial<Settings> | undefined) };
}

/** Keeps `change`; what another page stored meanwhile stays. */
async function keep(change: Partial<Settings>): Promise<void> {
  settings = { ...(await load()), ...change };
  await chrome.storage.local.set({ [SETTINGS_KEY]: settings });
}

const ask = <Name extends keyof OptionsRequests>(request: OptionsRequests[Name]["request"]): Promise<OptionsRequests[Name]["answer"]> => chrome.runtime.sendMessage(request);

function say(text: string, trouble = false): void {
  need("server-said").dataset["kind"] = trouble ? "trouble" : "";
  fill(need("server-said"), text);
}

function told(result: TestResult): void {
  if (result.ok) say(t(result.classifier ? "options.test.ok" : "options.test.rules", { version: result.version }));
  else say(t(`options.test.${result.why}`), true);
}

async function test(): Promise<void> {
  const server = serverAddress(field("server").value);
  if (server === null) {
    told({ ok: false, why: "bad_address" });
    return;
  }
  say(t("options.test.running"));
  told(await ask<"test">({ type: "test", server, key: field("key").value }));
}

async function save(): Promise<void> {
  const server = serverAddress(field("server").value);
  if (server === null) {
    told({ ok: false, why: "bad_address" });
    field("server").focus();
    return;
  }
  await keep({ server, key: field("key").value });
  say(t("options.saved"));
}

/** Everything that depends on the language or on what is stored. */
async function show(): Promise<void> {
  speak(settings.uiLanguage);
  translate(document);
  document.title = t("options.title");
  showRules(settings.dismissed, (dismissed) => void keep({ dismissed }));
  await showSites();
  await showShortcuts();
}

async function start(): Promise<void> {
  settings = await load();
  field("server").value = settings.server;
  field("key").value = settings.key;
  field("language").value = settings.language;
  field("ui-language").value = settings.uiLanguage;
  const plain = (): boolean => (need("server-plain").hidden = !unprotected(field("server").value));
  plain();
  field("server").addEventListener("input", plain);
  need("server-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  need("test").addEventListener("click", () => void test());
  need("language").addEventListener("change", () => void keep({ language: field("language").value as Settings["language"] }));
  need("ui-language").addEventListener("change", () => void keep({ uiLanguage: field("ui-language").value as Settings["uiLanguage"] }).then(show));
  chrome.storage.onChanged.addListener((changes, area) => {
    if (area !== "local" || !changes[SETTINGS_KEY]) return;
    settings = { ...DEFAULTS, ...(changes[SETTINGS_KEY].newValue as Partial<Settings> | undefined) };
    void show();
  });
  setUpSites();
  fill(need("origin"), `COACH_ORIGINS=chrome-extension://${chrome.runtime.id}`);
  await show();
  document.body.dataset["ready"] = "true";
}

void start();
