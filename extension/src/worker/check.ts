/** Whether what a page's content script or one of our pages sends is what it should be: a hijacked renderer may send anything. */

import type { OptionsRequest, PageMessage, PanelRequest } from "../contract";
import { isDismissal } from "./store";

type Raw = Record<string, unknown>;

const isRecord = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown, most = 1_000_000): value is string => typeof value === "string" && value.length <= most;
const isRule = (value: unknown) => isText(value, 200) && /^[\w.-]+$/.test(value);

function isTurn(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const flag = (one: unknown) => one === undefined || typeof one === "boolean";
  return (value.role === "customer" || value.role === "agent") && isText(value.text) && flag(value.automatic) && flag(value.internal);
}

function isConversation(value: unknown): boolean {
  return isRecord(value) && isText(value.site, 100) && isText(value.key, 2000) && Array.isArray(value.turns) && value.turns.length <= 5000 && value.turns.every(isTurn);
}

const isOpen = (message: Raw) => message.what === "options" || (message.what === "rule" && isRule(message.rule) && ["en", "tr", "pl"].includes(message.language as string));

const PAGE: Record<PageMessage["type"], (message: Raw) => boolean> = {
  conversation: ({ conversation }) => isConversation(conversation),
  draft: ({ text, caret, closing, full }) =>
    isText(text) && (caret === null || (Number.isSafeInteger(caret) && (caret as number) >= 0)) && typeof closing === "boolean" && typeof full === "boolean",
  quiet: () => true,
  dismiss: ({ dismissal }) => isDismissal(dismissal),
  restore: ({ dismissal }) => isDismissal(dismissal),
  applied: ({ rule }) => isText(rule, 200),
  state: ({ state }) => isRecord(state) && Array.isArray(state.findings),
  open: isOpen,
};

/** A message of the content script. */
export const isPageMessage = (value: unknown): value is PageMessage =>
  isRecord(value) && Object.hasOwn(PAGE, value.type as string) && PAGE[value.type as PageMessage["type"]](value);

const PANEL: Record<PanelRequest["type"], (message: Raw) => boolean> = {
  command: ({ command }) => isRecord(command) && typeof command.do === "string",
  watch: ({ tab }) => tab === null || Number.isSafeInteger(tab),
  open: isOpen,
};

/** A message of the panel. */
export const isPanelRequest = (value: unknown): value is PanelRequest =>
  isRecord(value) && Object.hasOwn(PANEL, value.type as string) && PANEL[value.type as PanelRequest["type"]](value);

/** A message of the options page. */
export const isOptionsRequest = (value: unknown): value is OptionsRequest =>
  isRecord(value) && (value.type === "about" || (value.type === "test" && isText(value.server, 2000) && isText(value.key, 200)));
