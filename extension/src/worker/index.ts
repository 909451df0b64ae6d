/** The worker: owns the sockets, knows settings, sites and tabs. It may be stopped and started at any time. */

import {
  type Command,
  type OptionsRequests,
  PAGE_PORT,
  PANEL_PORT,
  type PanelRequest,
  SETTINGS_KEY,
  type Settings,
  UI_LANGUAGES,
  type UiLanguage,
  WAKE,
} from "../contract";
import { isOptionsRequest } from "./check";
import { Panels } from "./panels";
import { probe } from "./probe";
import { grantedSites, injectInto, isGranted, patternOf, registerSites } from "./sites";
import { Dismissals, loadSettings, settingsFrom } from "./store";
import { PageClient, type World } from "./tabs";

const VERSION = chrome.runtime.getManifest().version;
const CLIENT = `extension/${VERSION}`;

let settings: Settings;
const dismissals = new Dismissals();
const ready = (async () => {
  settings = await loadSettings();
  await dismissals.load(settings);
})();

const pages = new Map<number, PageClient>();
const panels = new Panels({ settings: () => settings, page: (tab) => pages.get(tab), command: commandIn, open });
/** What is to be done in tabs that were told to open their port. */
const waiting = new Map<number, { command: Command; at: number }>();
const LATE = 5_000;

const uiLanguage = (): UiLanguage => {
  const browser = chrome.i18n.getUILanguage().slice(0, 2).toLowerCase();
  return settings.uiLanguage !== "auto" ? settings.uiLanguage : (UI_LANGUAGES.find((one) => one === browser) ?? "en");
};

const world: World = {
  settings: () => settings,
  identity: () => ({ key: settings.key, language: settings.language, interface: uiLanguage(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone, client: CLIENT }),
  uiLanguage,
  dismissals,
  changed: (tab) => void panels.tell(tab),
  open,
  dismissed: (conversation) => {
    for (const page of pages.values()) if (page.conversation === conversation) page.redismiss();
  },
};

function open(message: Extract<PanelRequest, { type: "open" }>): void {
  if (message.what === "options") void chrome.runtime.openOptionsPage();
  else void chrome.tabs.create({ url: `${settings.server}/rules/${encodeURIComponent(message.rule)}?language=${message.language}` });
}

// ---- pages and panels

const isOurs = (sender: chrome.runtime.MessageSender | undefined) => sender?.id === chrome.runtime.id;
const isOwnPage = (sender: chrome.runtime.MessageSender | undefined) => isOurs(sender) && Boolean(sender?.url?.startsWith(chrome.runtime.getURL("")));

chrome.runtime.onConnect.addListener((port) => {
  const { sender } = port;
  const tab = sender?.tab?.id;
  const queue: unknown[] = [];
  let take = (message: unknown): void => void queue.push(message);
  let left = false;
  port.onMessage.addListener((message: unknown) => take(message));
  port.onDisconnect.addListener(() => {
    left = true;
  });
  if (port.name === PANEL_PORT && isOwnPage(sender)) {
    void ready.then(() => {
      if (left) return;
      take = (message) => panels.receive(port, message);
      panels.welcome(port);
      for (const message of queue.splice(0)) take(message);
    });
  } else if (port.name === PAGE_PORT && isOurs(sender) && !isOwnPage(sender) && tab !== undefined && sender?.frameId === 0) {
    void ready.then(() => {
      if (left) return;
      const page = welcomePage(port, tab);
      take = (message) => page.receive(message);
      for (const message of queue.splice(0)) take(message);
    });
  } else {
    port.disconnect();
  }
});

function welcomePage(port: chrome.runtime.Port, tab: number): PageClient {
  pages.get(tab)?.close();
  const page = new PageClient(port, tab, world);
  pages.set(tab, page);
  port.onDisconnect.addListener(() => {
    page.close();
    if (pages.get(tab) === page) pages.delete(tab);
    void panels.tell(tab);
  });
  const late = waiting.get(tab);
  waiting.delete(tab);
  if (late && Date.now() - late.at < LATE) page.command(late.command);
  return page;
}

/** Has `command` done in `tab`; a page that let go of its port is told to open it first. */
function commandIn(tab: number, command: Command): void {
  const page = pages.get(tab);
  if (page) {
    page.command(command);
    return;
  }
  waiting.set(tab, { command, at: Date.now() });
  void chrome.tabs.sendMessage(tab, WAKE).catch(() => waiting.delete(tab));
}

const tellAll = async (): Promise<void> => {
  await ready;
  await panels.tell(null);
};
chrome.tabs.onActivated.addListener(() => void tellAll());
chrome.windows.onFocusChanged.addListener(() => void tellAll());
chrome.tabs.onUpdated.addListener((_, change) => void ((change.status === "complete" || change.url) && tellAll()));

// ---- shortcuts

const COMMANDS: Record<string, Command> = { next: { do: "step", by: 1 }, apply: { do: "apply-first" }, undo: { do: "undo" } };

chrome.commands.onCommand.addListener((name, tab) => {
  const command = COMMANDS[name];
  if (command && tab?.id !== undefined) commandIn(tab.id, command);
});

// ---- settings and sites

chrome.storage.onChanged.addListener((changes, area) => {
  if (area !== "local" || !changes[SETTINGS_KEY]) return;
  void ready.then(() => {
    const before = settings;
    settings = settingsFrom(changes[SETTINGS_KEY]?.newValue);
    dismissals.settled(settings);
    for (const page of pages.values()) {
      if (["server", "key", "language", "uiLanguage"].some((name) => before[name as keyof Settings] !== settings[name as keyof Settings])) page.line.move(settings.server, world.identity());
      if (before.uiLanguage !== settings.uiLanguage) page.post({ type: "start", uiLanguage: uiLanguage() });
      page.redismiss();
    }
    void tellAll();
  });
});

async function settle(): Promise<void> {
  await chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });
  await chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true });
  await registerSites();
}

chrome.runtime.onInstalled.addListener(() => void settle().then(async () => injectInto(await grantedSites())));
chrome.runtime.onStartup.addListener(() => void settle());
chrome.permissions.onAdded.addListener(({ origins = [] }) => {
  void registerSites()
    .then(() => injectInto(origins))
    .then(tellAll);
});
chrome.permissions.onRemoved.addListener(() => {
  void registerSites().then(async () => {
    for (const page of pages.values()) {
      const tab = await chrome.tabs.get(page.tab).catch(() => undefined);
      const site = patternOf(tab?.url);
      if (!site || !(await isGranted(site.pattern))) page.post({ type: "stop" });
    }
    await tellAll();
  });
});

// ---- options

chrome.runtime.onMessage.addListener((request: unknown, sender, answer) => {
  if (!isOwnPage(sender) || !isOptionsRequest(request)) return false;
  if (request.type === "test") void probe(request.server, request.key, CLIENT).then(answer);
  else void about().then(answer);
  return true;
});

async function about(): Promise<OptionsRequests["about"]["answer"]> {
  const commands = await chrome.commands.getAll();
  const unassigned = commands.filter(({ shortcut }) => !shortcut).map(({ name }) => name ?? "");
  return { origin: chrome.runtime.getURL("").replace(/\/$/, ""), version: VERSION, unassigned };
}
