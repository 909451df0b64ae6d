/** The side panel. It shows what the worker tells, and sends what the agent does; it knows nothing by itself. */

import { showSequence } from "../../../coach/playground/sequence.js";
import { PANEL_PORT, type PanelMessage, type PanelRequest, type PanelState, type UiLanguage } from "../contract";
import { language, speak, translate } from "../strings";
import { showFindings } from "./findings";
import { need } from "../need";
import { showNotice } from "./notice";
import { showSeen } from "./seen";
import { showConnection, showHint } from "./top";

const AGAIN = 300;

let port: chrome.runtime.Port | null = null;
let spoken = "";

/** The tab named in the address (`panel.html?tab=7`); null: the one beside the panel. */
const watched = (): number | null => {
  const tab = new URLSearchParams(location.search).get("tab");
  return tab === null ? null : Number(tab);
};

function connect(): void {
  port = chrome.runtime.connect({ name: PANEL_PORT });
  port.onMessage.addListener((message: PanelMessage) => show(message.state));
  port.onDisconnect.addListener(() => {
    port = null;
    window.setTimeout(connect, AGAIN);
  });
  send({ type: "watch", tab: watched() });
}

const send = (request: PanelRequest): void => port?.postMessage(request);

function speakIn(wanted: string): void {
  if (wanted === spoken) return;
  spoken = wanted;
  speak(wanted);
  translate(document);
}

function show(state: PanelState): void {
  const { page, settings } = state;
  speakIn(settings.uiLanguage);
  showConnection(state);
  showHint(state);
  showNotice(page?.notice ?? null);
  showFindings(page, {
    send: (command) => send({ type: "command", command }),
    rule: (rule) => send({ type: "open", what: "rule", rule, language: language() as UiLanguage }),
  });
  showSequence(page?.review?.sequence ?? null, page?.review?.moves ?? null, page?.text ?? "");
  showSeen(page);
  need("panel").dataset["ready"] = "true";
}

need("options").addEventListener("click", () => send({ type: "open", what: "options" }));
need("undo").addEventListener("click", () => send({ type: "command", command: { do: "undo" } }));
speakIn("auto");
connect();
