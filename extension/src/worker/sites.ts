/** The sites that the agent granted, and nothing else, get the content script. */

import { sitePattern } from "../sites";

const ID = "reply-coach";
const FILES = ["content.js"];

/** Match patterns of the granted sites. */
export async function grantedSites(): Promise<string[]> {
  const { origins = [] } = await chrome.permissions.getAll();
  return origins.filter((pattern) => /^(https?|\*):\/\//.test(pattern));
}

/** Has the content script run on exactly the granted sites from now on. */
export async function registerSites(): Promise<string[]> {
  const matches = await grantedSites();
  const [known] = await chrome.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (!matches.length) {
    if (known) await chrome.scripting.unregisterContentScripts({ ids: [ID] });
    return matches;
  }
  const script = { id: ID, js: FILES, matches, runAt: "document_idle" as const, allFrames: false, persistAcrossSessions: true };
  if (known) await chrome.scripting.updateContentScripts([script]);
  else await chrome.scripting.registerContentScripts([script]);
  return matches;
}

/** Runs the content script in tabs that are open already. */
export async function injectInto(matches: string[]): Promise<void> {
  if (!matches.length) return;
  const tabs = await chrome.tabs.query({ url: matches });
  await Promise.allSettled(tabs.map((tab) => (tab.id === undefined || tab.discarded ? null : chrome.scripting.executeScript({ target: { tabId: tab.id }, files: FILES }))));
}

/** The site that `url` belongs to; null for pages that no extension may read. */
export function patternOf(url = ""): { host: string; pattern: string } | null {
  const pattern = sitePattern(url);
  return pattern === null ? null : { host: new URL(url).host, pattern };
}

/** Whether the agent granted `pattern`. */
export const isGranted = (pattern: string): Promise<boolean> => chrome.permissions.contains({ origins: [pattern] });
