// The card and the badge in an open shadow root, where accessibility checkers can look.
import { Badge } from "../../extension/src/content/badge";
import { Card } from "../../extension/src/content/card";
import { STYLE } from "../../extension/src/content/style";
import type { ShownFinding } from "../../extension/src/contract";
import { speak } from "../../extension/src/strings";

const host = document.createElement("div");
host.dataset.replyCoach = "layer";
const root = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
root.adoptedStyleSheets = [sheet];
document.documentElement.append(host);
const done: unknown[] = [];
const area = () => document.querySelector("textarea")?.getBoundingClientRect() ?? new DOMRect();
const badge = new Badge(
  root,
  () => done.push(["open"]),
  () => done.push(["undo"]),
);
const card = new Card(root, {
  apply: (item, wording) => done.push(["apply", item.rule, wording]),
  dismiss: (item, scope) => done.push(["dismiss", item.rule, scope]),
  step: (by) => done.push(["step", by]),
  rule: (item) => done.push(["rule", item.rule]),
  changed: () => undefined,
  anchor: () => ({ words: [], box: area() }),
  place: () => [1, 3],
  leave: () => document.querySelector("textarea")?.focus(),
});

Object.assign(window, {
  alone: {
    done,
    show(language: string, item: ShownFinding, text: string) {
      speak(language);
      badge.show([item], true);
      badge.place(area());
      badge.tell({ code: "applied" });
      card.open(item, text);
    },
    enter: () => card.enter(),
  },
});
