/** Addresses of servers and sites. */

import type { SitePattern } from "./contract";

/** The http(s) address in `text`, or null. */
function addressIn(text: string): URL | null {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed)) return null;
  try {
    const url = new URL(trimmed);
    return url.hostname ? url : null;
  } catch {
    return null;
  }
}

/** The address of a coach server as it is kept: http(s), without a slash at the end; null if it is none. */
export function serverAddress(text: string): string | null {
  const url = addressIn(text);
  if (!url || url.search || url.hash || url.username || url.password) return null;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** What to ask permission for so that the site of the address `text` may be read, all its ports included; null if it is no address. */
export function sitePattern(text: string): SitePattern | null {
  const url = addressIn(text);
  return url ? `${url.protocol}//${url.hostname}/*` : null;
}

/** The host in a pattern. */
export const patternHost = (pattern: SitePattern): string => pattern.replace(/^[^:]+:\/\//, "").replace(/\/.*$/, "");

/** Whether texts to this server leave the machine without protection. */
export function unprotected(text: string): boolean {
  const url = addressIn(text);
  return url !== null && url.protocol === "http:" && !/^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
}
