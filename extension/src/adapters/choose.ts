/** Which adapter reads a page. */

import { djangoHelpdesk } from "./sites/django-helpdesk";
import { freescout } from "./sites/freescout";
import { generic } from "./sites/generic";
import { gmail } from "./sites/gmail";
import { helpScout } from "./sites/help-scout";
import { osticket } from "./sites/osticket";
import { requestTracker } from "./sites/request-tracker";
import { zammad } from "./sites/zammad";
import { zendesk } from "./sites/zendesk";
import type { Adapter } from "./types";

/** All adapters; the generic one, which fits every page, is the last. */
export const ADAPTERS: readonly Adapter[] = [zendesk, gmail, helpScout, requestTracker, djangoHelpdesk, freescout, osticket, zammad, generic];

/** The first adapter that fits `document`. */
export function choose(document: Document): Adapter {
  const { hostname = "", pathname = "" } = document.location ?? {};
  return (
    ADAPTERS.find(
      ({ fits }) =>
        (!fits.host || new RegExp(fits.host, "i").test(hostname)) &&
        (!fits.path || new RegExp(fits.path).test(pathname)) &&
        (!fits.has || document.querySelector(fits.has) !== null),
    ) ?? generic
  );
}
