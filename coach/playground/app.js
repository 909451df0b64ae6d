/** Wires the page together. */

import { Board } from "./board.js";
import { Card, outcome } from "./card.js";
import { makeCase, sampleCases, showCases } from "./cases.js";
import { setUpChrome, showChrome, showConnection, showLatency, showShortcuts } from "./chrome.js";
import { showConversation } from "./conversation.js";
import { askForKey, setUpDialogs } from "./dialogs.js";
import { byId, fill } from "./dom.js";
import { Editor } from "./editor.js";
import { showDismissed, showFindings } from "./findings.js";
import { chordName, listen } from "./keys.js";
import { loadNames } from "./names.js";
import { notify } from "./notices.js";
import { saveDismissals, saveLanguage, savedDismissals, savedLanguage } from "./prefs.js";
import { showSequence } from "./sequence.js";
import { Session } from "./session.js";
import { speak, t, translate } from "./strings.js";

const CALM = 600;
const LANGUAGES = new Map([["en", "English"], ["tr", "Türkçe"], ["pl", "Polski"]]);

const closing = byId("closing");
const board = new Board();
const cases = sampleCases();
let current = cases[0];
let always = savedDismissals();
let connection = ["connecting", 0];
let edited = false;
let told = "";
let calm = 0;

const stream = new URL("v1/stream", document.baseURI);
stream.protocol = stream.protocol === "https:" ? "wss:" : "ws:";
stream.hash = "";

const session = new Session(stream.href, {
  onReview: reviewed,
  onNotice: (code, message) => notify(t("notice.error", { message: message || code }), "error"),
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
  count: (item) => {
    const row = item.visible ? board.visible : board.quiet;
    return [row.findIndex(({ key }) => key === item.key) + 1, row.length];
  },
});

function typed(change, before) {
  edited = true;
  current.draft = editor.text;
  board.edit(change, before);
  const kept = card.item && board.find(card.key);
  if (card.item && !kept) card.close();
  else if (card.item) {
    card.item = kept;
    card.typed();
  }
  send();
  show();
}

/** Sends the newest draft. */
function send() {
  session.draft(editor.text, editor.caret, closing.checked);
}

function reviewed(review, text, ms) {
  const old = card.item;
  board.take(review, text, session.dismissed);
  if (ms !== null) showLatency(ms);
  editor.language = review.language;
  const heir = old && board.successor(old);
  if (old && !heir) card.close();
  else if (old) card.refresh(heir, text);
  showReview();
  if (review.full) announce();
  loadNames(review.language).then((news) => news && showAll());
}

/** What changes with every keystroke. */
function show() {
  const marked = board.items.filter((item) => item.live && (item.visible || item.key === card.key));
  editor.paint(marked, card.key);
  showFindings(board, card.key, { onOpen: openRow, onFocus: (item) => open(item) });
  byId("undo").disabled = !edited;
  if (card.item) card.place();
  clearTimeout(calm);
  calm = setTimeout(announce, CALM);
}

/** What changes with every review. */
function showReview() {
  const { review } = board;
  const facts = review?.sequence.facts ?? [];
  showSequence(review?.sequence ?? null, review?.moves, board.text ?? "");
  fill(byId("read-as"), review ? t("reply.language", { language: LANGUAGES.get(review.language) ?? review.language }) : "");
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

function announce() {
  const offline = connection[0] !== "live" && editor.text !== board.text;
  const idle = editor.text === "" && board.visible.length === 0;
  const text = offline ? t("status.offline") : idle ? t("status.empty") : t("status.findings", { n: board.visible.length });
  const status = byId("status");
  fill(status, text);
  status.dataset.state = offline ? "offline" : board.visible.length ? "findings" : "clear";
}

function showState(state, wait = 0) {
  connection = [state, wait];
  showConnection(state, wait);
  announce();
}

function anchor(item) {
  const words = item.live ? editor.rects(item.key) : [];
  if (words.length) return words;
  const buttons = [...document.querySelectorAll("[data-chip], [data-finding]")];
  const own = buttons.find(({ dataset }) => (dataset.chip ?? dataset.finding) === item.key && item.live === null) ?? byId("reply");
  return [own.getBoundingClientRect()];
}

function open(item, enter = false) {
  if (!item) return;
  if (item.live) {
    editor.paint(board.items.filter((one) => one.live && (one.visible || one.key === item.key)), item.key);
    editor.reveal(item.key);
  }
  card.open(item, editor.text, { enter });
}

/** A row or chip was used: by mouse it toggles the card, by keyboard it leads into it. */
function openRow(item, byKeyboard) {
  if (!byKeyboard && item.key === card.key) card.close();
  else open(item, byKeyboard);
}

function step(direction) {
  const row = card.item && !card.item.visible ? board.quiet : board.visible;
  if (!row.length) return announce();
  const inside = card.holdsFocus;
  const at = row.findIndex(({ key }) => key === card.key);
  const after = row.findIndex(({ live }) => live === null || live.end > editor.caret);
  const start = direction > 0 ? Math.max(after, 0) : (after < 0 ? row.length : after) - 1;
  const to = at < 0 ? start : at + direction;
  if (!inside) editor.focus();
  open(row[(to + row.length) % row.length], inside);
}

function apply(item, index) {
  if (!item?.suggestions[index]?.edits.length) return;
  if (item.waiting || board.text !== editor.text) {
    notify(t("notice.stale"));
    return;
  }
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

function choose(one) {
  card.close();
  current.draft = editor.text;
  current.closing = closing.checked;
  current = one;
  session.conversation = one.turns;
  session.dismissed = [...always, ...one.dismissed];
  closing.checked = one.closing;
  edited = false;
  editor.load(one.draft);
  board.clear();
  session.hello();
  send();
  showAll();
  byId("thread").scrollTop = byId("thread").scrollHeight;
}

function addTurn(role, text) {
  session.turn({ role, text, at: new Date().toISOString() });
  send();
}

function sendReply() {
  const text = editor.text.trim();
  if (!text) return editor.focus();
  card.close();
  current.draft = "";
  closing.checked = false;
  edited = false;
  board.items = [];
  editor.load("");
  addTurn("agent", text);
  showAll();
  notify(t("notice.sent"));
  editor.focus();
}

function customerReply() {
  const box = byId("customer-reply");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  byId("role-play").open = false;
  addTurn("customer", text);
  showAll();
  editor.focus();
}

function language(picked) {
  session.language = picked;
  speak(picked);
  translate(document);
  showChrome();
  showConnection(...connection);
  announce();
  showAll();
}

function setUp() {
  setUpChrome();
  byId("language").value = savedLanguage();
  language(savedLanguage());
  byId("language").addEventListener("change", ({ target }) => {
    saveLanguage(target.value);
    card.close();
    language(target.value);
    session.hello();
    send();
  });
  closing.addEventListener("change", send);
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    sendReply();
  });
  byId("customer-form").addEventListener("submit", (event) => {
    event.preventDefault();
    customerReply();
  });
  byId("undo").addEventListener("click", () => editor.undo());
  byId("restart").addEventListener("click", () => {
    current.turns = [...current.first];
    current.dismissed = [];
    choose(current);
  });
  setUpDialogs({ onPaste: usePasted, onKey: (key) => session.unlock(key) });
  listen({
    step,
    apply: (index) => {
      const here = card.item ?? board.visible.find(({ live }) => live && live.start <= editor.caret && editor.caret <= live.end);
      if (here) apply(here, index);
      else step(1);
    },
    escape: () => (card.item ? card.close() : false),
    send: (target) => (target === byId("reply") ? sendReply() : target === byId("customer-reply") ? customerReply() : false),
    help: showShortcuts,
  });
}

function usePasted(turns) {
  const number = cases.filter(({ channel }) => channel === "own").length + 1;
  cases.unshift(makeCase({ id: `own-${number}`, name: t("paste.name"), subject: t("paste.subject"), channel: "own", language: null, turns }));
  choose(cases[0]);
  editor.focus();
}

session.conversation = current.turns;
session.dismissed = [...always];
session.key = new URLSearchParams(location.hash.slice(1)).get("key") ?? "";
setUp();
session.start();
