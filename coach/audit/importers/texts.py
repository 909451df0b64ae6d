"""Messages as people read them: HTML as text, history and signatures left out."""

from __future__ import annotations

import re
from typing import Literal

import lxml.html
from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml import etree

from coach.audit.importers.quotes import reply_of

CLASSES = (
    "gmail_quote gmail_signature yahoo_quoted protonmail_quote moz-cite-prefix moz-signature freshdesk_quote front-blockquote"
    " zendesk_quoted"
).split()
"""How mail programs and helpdesks mark history and signatures."""
HISTORY = "//*[@id='appendonsend' or @id='divRplyFwdMsg' or self::blockquote[@type='cite']{}]".format(
    "".join(f" or contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in CLASSES)
)
AFTER = ("appendonsend", "divRplyFwdMsg")
"""Marks that Outlook sets before the history: what follows them is history as well."""
MARKUP = re.compile(r"<(?:!doctype|[a-z][a-z0-9]*)[\s/>]|&(?:[a-z]+|#\d+);", re.IGNORECASE)
TAG = re.compile(
    r"</?(?:html|body|p|div|span|br|hr|table|t[rdh]|tbody|ul|ol|li|a|b|i|u|em|strong|font|img|blockquote|pre|h[1-6])(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
"""What nobody types who writes plain text."""
NOT_XML = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SPACES = re.compile(r"[ \t]+\n")
BLANK = re.compile(r"\n{3,}")
PARSER = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
LAYOUT = ParserConfig(css=CSS_PROFILES["strict"])


def html_text(html: str, keep_history: bool = False) -> str:
    """HTML as text, a blank line between paragraphs; `keep_history`: also what mail programs marked as quoted or as signature."""
    if not MARKUP.search(html):
        return html.strip()
    root = _parsed(html)
    if root is None:
        return ""
    if not keep_history:
        _without_history(root)
    text = Inscriptis(root, LAYOUT).get_text().replace("\xa0", " ")
    return BLANK.sub("\n\n", SPACES.sub("\n", text)).strip()


def looks_html(text: str) -> bool:
    """Whether a text of which nobody says what it is has tags of HTML in it."""
    return TAG.search(text) is not None


def message_text(text: str, html: bool, role: Literal["customer", "agent"], keep_history: bool) -> str:
    """What this person wrote. Where it is nothing but history, a customer's message is all of it (forwarded), an agent's is empty."""
    if not keep_history:
        own = reply_of(html_text(text) if html else text)
        if own or role == "agent":
            return own
    return html_text(text, keep_history=True) if html else text.strip()


def _parsed(html: str) -> lxml.html.HtmlElement | None:
    try:
        root = lxml.html.document_fromstring(NOT_XML.sub(" ", html).encode("utf-8", "replace"), parser=PARSER)
    except etree.ParserError:
        return None
    for hidden in root.xpath("//style|//script|//head|//template|//comment()"):
        _drop(hidden)
    return root


def _without_history(root: lxml.html.HtmlElement) -> None:
    for element in root.xpath(HISTORY):
        if element.getparent() is None:
            continue
        if element.get("id") in AFTER:
            for later in list(element.itersiblings()):
                later.getparent().remove(later)
            element.tail = None
        _drop(element)


def _drop(element: lxml.html.HtmlElement) -> None:
    """Take an element out and leave the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()
