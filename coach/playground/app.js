/** Wires the page together. */

import { Board } from "./board.js";
import { Card, outcome } from "./card.js";
import { makeCase, revealCase, sampleCases, showCases } from "./cases.js";
import { setUpChrome, showChrome, showConnection, showLatency, showShortcuts } from "./chrome.js";
import { showConversation } from "./conversation.js";
import { askForKey, setUpDialogs } from "./dialogs.js";
import { byId, fill } from "./dom.js";
import { Editor } from "./editor.js";
import { showDismissed, showFindings } from "./findings.js";
import { setUpForms, submitCustomerReply } from "./forms.js";
import { chordName, listen } from "./keys.js";
import { loadNames } from "./names.js";
import { notify } from "./notices.js";
import { saveDismissals, saveLanguage, savedDismissals, savedLanguage } from "./prefs.js";
import { allowRecords, offerRecord, setUpRecord } from "./record.js";
import { showSequence } from "./sequence.js";
import { Session } from "./session.js";
import { socketUrl } from "./socket.js";
import { announce, announceSoon } from "./status.js";
import { language, languageName, speak, t, translate } from "./strings.js";

const closing = byId("closing");
const board = new Board();
const cases = sampleCases();
let current = cases[0];
let always = savedDismissals();
let connection = ["connecting", 0];
let edited = false;
let refused = false;
let told = "";

const session = new Session(socketUrl("v1/stream"), {
  onWelcome: ({ records }) => allowRecords(records),
  onReview: reviewed,
  onNotice: complained,
  onDenied: askForKey,
  onState: showState,
});

const editor = new Editor(byId("reply"), byId("mirror"), {
  onEdit: typed,
  onPoint: (key) => card.point(key && board.find(key), editor.text),
  onPick: (key) => (key ? open(board.find(key)) : card.close()),
});

const card = new Card({
  onApply: apply,
  onDismiss: dismiss,
  onStep: step,
  onChange: show,
  anchor,
  count: (item) => board.place(item),
});

function typed(change, before) {
  edited = true;
  current.draft = editor.text;
  board.edit(change, before);
  card.typed(board.find(card.key));
  send();
  show();
}

/** Sends the newest draft. */
function send() {
  session.draft(editor.text, editor.caret, closing.checked);
}

function complained(code, message) {
  refused = true;
  notify(t("notice.error", { message: message || code }), "error");
  show();
}

function reviewed(review, text, ms) {
  const old = card.item;
  refused = false;
  board.take(review, text, session.dismissed);
  if (ms !== null) showLatency(ms);
  editor.language = review.language;
  card.refresh(old && board.successor(old), text);
  showReview();
  if (review.full) announce(state());
  loadNames(language()).then((news) => news && showAll());
}

/** What changes with every keystroke. */
function show() {
  editor.paint(board.marked(card.key), card.key);
  showFindings(board, card.key, unread() !== null, { onOpen: openRow, onFocus: (key) => open(board.find(key)) });
  byId("undo").disabled = !edited;
  offerRecord(board.review?.sequence.failure && (closing.checked || current.closed));
  if (card.item) card.place();
  announceSoon(state);
}

/** What changes with every review. */
function showReview() {
  const { review } = board;
  const facts = review?.sequence.facts ?? [];
  showSequence(review?.sequence ?? null, review?.moves, board.text ?? "");
  fill(byId("read-as"), review ? t("reply.language", { language: languageName(review.language) }) : "");
  if (JSON.stringify(facts) !== told) showThread(facts);
  show();
}

function showThread(facts) {
  told = JSON.stringify(facts);
  showConversation(session.conversation, current.name, facts);
}

/** What changes with the case, a turn, a dismissal or the language too. */
function showAll() {
  showThread(board.review?.sequence.facts ?? []);
  showDismissed(session.dismissed, restore);
  showCases(cases, current, choose);
  fill(byId("case-subject"), current.subject);
  byId("case-subject").lang = current.language ?? "";
  fill(byId("case-meta"), `${current.name} · ${t(`channel.${current.channel}`)}`);
  showReview();
}

const unread = () => (editor.text === (board.text ?? "") ? null : connection[0] !== "live" ? "offline" : refused ? "refused" : null);

const state = () => ({
  unread: unread(),
  empty: editor.text === "",
  count: board.visible.length,
});

function showState(name, wait = 0) {
  connection = [name, wait];
  showConnection(name, wait);
  show();
  announce(state());
}

function anchor(item) {
  const words = item.live ? editor.rects(item.key) : [];
  if (words.length) return words;
  const { top, left, bottom } = byId("reply").getBoundingClientRect();
  const chip = [...document.querySelectorAll("[data-chip]")].find(({ dataset }) => dataset.chip === item.key)?.getBoundingClientRect();
  return [{ top, left: chip?.left ?? left, bottom: chip?.bottom ?? bottom }];
}

function open(item, enter = false) {
  if (!item) return;
  if (item.live) {
    editor.paint(board.marked(item.key), item.key);
    editor.reveal(item.key);
  }
  card.open(item, editor.text, { enter });
}

/** A row or chip was used: by mouse it toggles the card, by keyboard it leads into it. */
function openRow(key, byKeyboard) {
  if (!byKeyboard && key === card.key) card.close();
  else open(board.find(key), byKeyboard);
}

function step(direction) {
  const item = board.step(card.item, direction, editor.caret);
  if (!item) return announce(state());
  const inside = card.holdsFocus;
  if (!inside) editor.focus();
  open(item, inside);
}

function apply(item, index) {
  if (!item?.suggestions[index]?.edits.length) return;
  if (item.waiting || board.text !== editor.text) return notify(t("notice.stale"));
  const { change } = outcome(item, index, editor.text);
  card.close();
  editor.replace(change);
  session.applied(item.rule);
  notify(t("notice.applied", { chord: chordName("Ctrl+Z") }));
}

function dismiss(item, scope) {
  card.close();
  session.dismiss({ rule: item.rule, scope, text: scope === "here" ? item.words : null });
  remember();
  board.withhold(session.dismissed);
  notify(t("notice.dismissed"));
  editor.focus();
  showAll();
}

function restore(dismissal) {
  session.restore(dismissal);
  remember();
  showAll();
  byId("dismissed-count").focus();
}

/** Keeps dismissals where they belong: with the case, or for good. */
function remember() {
  current.dismissed = session.dismissed.filter(({ scope }) => scope !== "rule");
  always = session.dismissed.filter(({ scope }) => scope === "rule");
  saveDismissals(always);
}

/** Opens a case; the draft of the one before stays with it. */
function choose(one) {
  card.close();
  current.draft = editor.text;
  current.closing = closing.checked;
  current = one;
  closing.checked = one.closing;
  edited = false;
  board.clear();
  editor.load(one.draft);
  session.open(one.turns, [...always, ...one.dismissed], { text: one.draft, caret: one.draft.length, closing: one.closing });
  showAll();
  revealCase();
  byId("thread").scrollTop = byId("thread").scrollHeight;
}

function addTurn(role, text) {
  session.turn({ role, text, at: new Date().toISOString() });
  send();
  showAll();
  editor.focus();
}

function sendReply() {
  const text = editor.text.trim();
  if (!text) return editor.focus();
  card.close();
  current.draft = "";
  current.closed = closing.checked;
  closing.checked = false;
  edited = false;
  board.items = [];
  editor.load("");
  addTurn("agent", text);
  notify(t("notice.sent"));
}

const customerReply = (text) => addTurn("customer", text);

function restart() {
  Object.assign(current, { turns: [...current.first], dismissed: [], closed: false });
  choose(current);
}

/** Page and review in the picked language. */
function speakIn(picked) {
  session.language = picked;
  speak(picked);
  session.spoken = language();
  translate(document);
  showChrome();
  showConnection(...connection);
  announce(state());
  showAll();
}

function pickLanguage(picked) {
  saveLanguage(picked);
  card.close();
  speakIn(picked);
  session.hello();
}

/** By key: the wording of the open card, else of the finding at the caret, else the next card opens. */
function applyByKey(index) {
  const here = card.item ?? board.visible.find(({ live }) => live && live.start <= editor.caret && editor.caret <= live.end);
  if (here) apply(here, index);
  else step(1);
}

function usePasted(turns) {
  const number = cases.filter(({ channel }) => channel === "own").length + 1;
  cases.unshift(makeCase({ id: `own-${number}`, name: t("paste.name"), subject: t("paste.subject"), channel: "own", language: null, turns }));
  choose(cases[0]);
  editor.focus();
}

setUpChrome();
setUpForms({
  onSend: sendReply,
  onCustomer: customerReply,
  onClosing: send,
  onUndo: () => editor.undo(),
  onRestart: restart,
  onLanguage: pickLanguage,
});
setUpRecord(() => ({ session, one: current, draft: editor.text }));
setUpDialogs({ onPaste: usePasted, onKey: (key) => session.unlock(key) });
listen({
  step,
  apply: applyByKey,
  escape: () => (card.item ? card.close() : false),
  send: ({ id }) => (id === "reply" ? sendReply() : id === "customer-reply" ? submitCustomerReply(customerReply) : false),
  help: showShortcuts,
});
session.conversation = current.turns;
session.dismissed = [...always];
session.key = new URLSearchParams(location.hash.slice(1)).get("key") ?? "";
byId("language").value = savedLanguage();
speakIn(savedLanguage());
session.start();
