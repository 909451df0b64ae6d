/** Editing hosts as text and back. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Window } from "happy-dom";
import { crossesGap, flatten, toOffset, toPoint, toRange } from "../src/content/flatten";

const window = new Window();
Object.assign(globalThis, { Node: window.Node });

function host(html: string): HTMLElement {
  const element = window.document.createElement("div");
  element.innerHTML = html;
  window.document.body.replaceChildren(element);
  return element as unknown as HTMLElement;
}

const text = (html: string) => flatten(host(html)).text;

describe("flatten", () => {
  it("makes blocks and breaks lines", () => {
    assert.equal(text("<p>a</p><p>b</p>"), "a\nb");
    assert.equal(text("<p>a<br>b</p>"), "a\nb");
    assert.equal(text("<p>a<br></p><p>b</p>"), "a\nb");
    assert.equal(text("<p>a</p><p><br></p><p>b</p>"), "a\n\nb");
    assert.equal(text("<div><div><p>a</p></div></div><ul><li>b</li><li>c</li></ul>d"), "a\nb\nc\nd");
    assert.equal(text(""), "");
    assert.equal(text("<p><br></p>"), "");
  });

  it("reads what is seen", () => {
    assert.equal(text("<p>a\u00a0b\u200bc\ufeff</p>"), "a bc");
    assert.equal(text("\n  <p>a</p>\n  <p>b\n c</p>\n"), "a\nb  c");
    assert.equal(text("<p>a</p><style>p{}</style><script>x</script>"), "a");
    assert.equal(text("<p>İ 😀 x</p>"), "İ 😀 x");
  });

  it("leaves older messages and placeholders out", () => {
    const flat = flatten(host('<p>a</p><blockquote type="cite">old</blockquote><p>b</p>'));
    assert.equal(flat.text, "a\nb");
    assert.ok(crossesGap(flat, 0, 3));
    assert.ok(!crossesGap(flat, 0, 1));
    assert.equal(text('<p><span data-slate-placeholder="true">Write…</span></p>'), "");
    assert.equal(text('a<div class="gmail_quote">old</div>'), "a");
  });

  it("knows what is no text", () => {
    for (const inside of ["<img>", "<svg></svg>", "<video></video>", "<iframe></iframe>", '<span contenteditable="false"></span>', "<style>p{}</style>"]) {
      const flat = flatten(host(`<p>ab${inside}cd</p>`));
      assert.equal(flat.text, "abcd");
      assert.ok(crossesGap(flat, 1, 3), inside);
      assert.ok(!crossesGap(flat, 0, 2) && !crossesGap(flat, 2, 4) && !crossesGap(flat, 2, 2), inside);
    }
    const chip = flatten(host('<p>Hi <span contenteditable="false">@Ann</span> you</p>'));
    assert.equal(chip.text, "Hi @Ann you");
    assert.ok(crossesGap(chip, 4, 5) && crossesGap(chip, 0, 4) && crossesGap(chip, 5, 5) && !crossesGap(chip, 0, 3) && !crossesGap(chip, 7, 9));
    const table = flatten(host('<div contenteditable="false"><p contenteditable="true">ab</p><p contenteditable="true">cd</p></div>'));
    assert.equal(table.text, "ab\ncd");
    assert.ok(!crossesGap(table, 0, 2) && !crossesGap(table, 3, 5) && crossesGap(table, 1, 4));
  });

  it("keeps links: an edit is inside or outside", () => {
    const flat = flatten(host('<p>See <a href="/x">our policy</a> now</p>'));
    assert.ok(crossesGap(flat, 0, 5) && crossesGap(flat, 4, 14) && crossesGap(flat, 13, 16));
    assert.ok(!crossesGap(flat, 5, 8) && !crossesGap(flat, 0, 4) && !crossesGap(flat, 14, 18) && !crossesGap(flat, 4, 4));
  });

  it("finds every character again", () => {
    for (const html of ["<p>Hi <b>A😀</b>nn</p><p>b<br>İc\u200bd</p>", "a<div>b\u00a0c</div><p><br></p>d", "<ul><li>x</li></ul>y"]) {
      const root = host(html);
      const flat = flatten(root);
      for (let at = 0; at < flat.text.length; at += 1) {
        const unit = flat.text[at]!;
        if (unit === "\n") continue;
        const range = toRange(flat, at, at + 1);
        assert.ok(range, `${html} ${at}`);
        assert.equal((range.startContainer as Text).data.slice(range.startOffset, range.endOffset).replace("\u00a0", " "), unit, `${html} ${at}`);
        assert.equal(toOffset(flat, root, range.startContainer, range.startOffset), at, `${html} ${at}`);
      }
    }
  });

  it("brings carets back where they were", () => {
    const root = host("<p>Hi <b>A😀</b>nn</p><p><br></p><p>b<br>c</p>");
    const flat = flatten(root);
    for (let at = 0; at <= flat.text.length; at += 1) {
      const point = toPoint(flat, at);
      assert.ok(point, String(at));
      assert.equal(toOffset(flat, root, point.node, point.offset), at, JSON.stringify(flat.text.slice(0, at)));
    }
    assert.equal(toOffset(flat, root, window.document.body as unknown as Node, 0), null);
  });

  it("knows ranges over several blocks", () => {
    const flat = flatten(host("<p>ab</p><p>cd</p>"));
    const range = toRange(flat, 1, 4)!;
    assert.equal((range.startContainer as Text).data, "ab");
    assert.deepEqual([range.startOffset, (range.endContainer as Text).data, range.endOffset], [1, "cd", 1]);
    assert.equal(toRange(flat, 5, 9), null);
  });
});
