/** How card, badge and underlines look. */

export const STYLE = `
:host { all: initial !important; direction: ltr !important; unicode-bidi: isolate !important; position: fixed !important; inset: 0 !important; margin: 0 !important; padding: 0 !important; border: 0 !important; width: auto !important; height: auto !important;
  max-width: none !important; max-height: none !important; overflow: visible !important; background: none !important; pointer-events: none !important; z-index: 2147483646 !important; display: block !important; }
:host, .card, .badge { --ink: #1d2430; --soft: #566072; --paper: #fff; --line: #d5dae3; --tint: #f3f5f9; --accent: #24579a; --error: #b3261e; --warning: #8a5200; --hint: #24579a; --ring: #1a5fd0; }
@media (prefers-color-scheme: dark) {
  :host, .card, .badge { --ink: #eceff5; --soft: #aab3c3; --paper: #1f2530; --line: #3d4655; --tint: #2a313e; --accent: #9cc2ff; --error: #ff9d94; --warning: #f5bd6b; --hint: #9cc2ff; --ring: #8ab6ff; }
}
* { box-sizing: border-box; }
.mirror { position: fixed; overflow: hidden; pointer-events: none; contain: strict; }
.mirror-page { position: absolute; top: 0; left: 0; color: transparent; white-space: pre-wrap; overflow-wrap: break-word; }
mark { color: transparent; background: none; text-decoration: underline wavy 2px; text-decoration-skip-ink: none; text-underline-offset: 2px; border-radius: 2px; }
mark.error { text-decoration-color: #c8322b; background-color: #c8322b1f; }
mark.warning { text-decoration-color: #b26a00; background-color: #b26a001f; }
mark.hint { text-decoration-style: dotted; text-decoration-color: #2f6fbd; background-color: #2f6fbd17; }
mark.active { text-decoration: underline solid 2px #6b3fa0; background-color: #6b3fa038; }
.badge { position: fixed; pointer-events: auto; min-width: 24px; height: 24px; padding: 0 7px; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); color: var(--ink);
  font: 600 12px/22px system-ui, sans-serif; cursor: pointer; box-shadow: 0 1px 3px #0003; }
.badge[data-severity=error] { background: #b3261e; border-color: #b3261e; color: #fff; }
.badge[data-severity=warning] { background: #8a5200; border-color: #8a5200; color: #fff; }
.badge[data-severity=none] { color: var(--soft); }
.badge[data-offline=true] { opacity: .75; border-style: dashed; }
.card { position: fixed; pointer-events: auto; width: 360px; max-width: calc(100vw - 16px); overflow: auto; padding: 12px 14px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; text-align: start; box-shadow: 0 8px 28px #0004; }
.card[data-severity=error] { border-top: 3px solid var(--error); }
.card[data-severity=warning] { border-top: 3px solid var(--warning); }
.card[data-severity=hint] { border-top: 3px solid var(--hint); }
.head { display: flex; align-items: center; gap: 6px; }
.head h2 { flex: 1; display: flex; align-items: center; gap: 6px; margin: 0; font: 600 14px/1.3 system-ui, sans-serif; }
.card[data-severity=error] h2 .icon { color: var(--error); } .card[data-severity=warning] h2 .icon { color: var(--warning); } .card[data-severity=hint] h2 .icon { color: var(--hint); }
.icon { width: 18px; height: 18px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.walk { display: inline-flex; align-items: center; gap: 2px; color: var(--soft); font-size: 12px; white-space: nowrap; }
p { margin: 8px 0; }
button { font: inherit; color: inherit; cursor: pointer; }
.bare { padding: 3px; border: 0; border-radius: 6px; background: none; line-height: 0; color: var(--soft); }
.bare:hover, .quiet:hover, .wording:hover { background: var(--tint); }
.wordings { display: grid; gap: 6px; margin: 8px 0; padding: 0; list-style: none; }
.wording { display: flex; width: 100%; align-items: baseline; gap: 8px; padding: 7px 10px; border: 1px solid var(--line); border-radius: 8px; background: none; text-align: start; }
.wording span { flex: 1; }
.wording:disabled { opacity: .6; cursor: default; }
.wording del { color: var(--soft); }
.label { display: block; color: var(--soft); font-size: 12px; }
kbd { font: 12px/1 ui-monospace, monospace; color: var(--soft); white-space: nowrap; }
summary { cursor: pointer; color: var(--accent); }
.foot { display: flex; flex-wrap: wrap; align-items: center; gap: 4px; margin-top: 8px; padding-top: 8px; border-top: 1px solid var(--line); font-size: 12px; color: var(--soft); }
.quiet { padding: 3px 8px; border: 1px solid transparent; border-radius: 6px; background: none; color: var(--accent); }
.notice { position: fixed; pointer-events: none; max-width: 320px; padding: 6px 10px; border-radius: 8px; background: #1d2430; color: #fff; font: 13px/1.4 system-ui, sans-serif; box-shadow: 0 2px 10px #0004; }
.notice .undo { pointer-events: auto; margin-inline-start: 10px; padding: 1px 8px; border: 1px solid #8d97a8; border-radius: 6px; background: none; color: #fff; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--ring); outline-offset: 1px; }
[hidden] { display: none !important; }
@media (forced-colors: active) { .card, .badge { border: 1px solid CanvasText; } mark { forced-color-adjust: none; } }
`;
