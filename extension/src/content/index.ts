/** The content script: in the top document of each granted site. A newer one takes the place of an older one. */

import { Page } from "./page";

declare global {
  // eslint-disable-next-line no-var
  var replyCoach: Page | undefined;
}

globalThis.replyCoach?.stop();
globalThis.replyCoach = new Page(() => {
  globalThis.replyCoach = undefined;
});
