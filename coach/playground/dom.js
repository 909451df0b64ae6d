/** Small helpers around the DOM. No strings, no state. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  error: "M12 8v5m0 3.2v.3M7.9 2.8h8.2l5.1 5.1v8.2l-5.1 5.1H7.9l-5.1-5.1V7.9z",
  warning: "M12 9.5v4.2m0 3v.3M12 3.4 22 20.5H2z",
  hint: "M9.2 18h5.6M10 21h4M12 3a6.3 6.3 0 0 0-3.8 11.3c.7.6 1 1.3 1 2.1h5.6c0-.8.3-1.5 1-2.1A6.3 6.3 0 0 0 12 3z",
  check: "m5 12.6 4.6 4.6L19.2 7",
  pen: "m4 20 .8-4L16.4 4.4a2 2 0 0 1 2.8 0l.4.4a2 2 0 0 1 0 2.8L8 19.2z",
  open: "M12 4.2a7.8 7.8 0 1 0 0 15.6 7.8 7.8 0 0 0 0-15.6z",
  close: "M6 6l12 12M18 6 6 18",
  previous: "m14.5 5.5-6.5 6.5 6.5 6.5",
  next: "m9.5 5.5 6.5 6.5-6.5 6.5",
  plus: "M12 5v14M5 12h14",
  undo: "M8.5 5 4 9.5 8.5 14M4.5 9.5h9.3a5.2 5.2 0 0 1 0 10.5H9",
  send: "M4 12 20.5 4 15 20.5l-3.6-6.9zM11.4 13.6 20.5 4",
  keyboard: "M3 7.5h18v10H3zM6.5 10.7h.1m3.6 0h.1m3.5 0h.1m3.5 0h.1M8 14.4h8",
  sun: "M12 7.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8zM12 2.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4m0-13.4-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2z",
  restart: "M4.5 12a7.5 7.5 0 1 0 2.4-5.5M4.5 4.5v4.3h4.3",
  arrow: "M4.5 12h15m-6-6 6 6-6 6",
  lock: "M6 10.5h12v9H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5",
  unlock: "M6 10.5h12v9H6zM8.5 10.5V7.6a3.5 3.5 0 0 1 6.7-1.4",
  idle: "M7 12h10",
};

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

const HANDLERS = ["onclick", "onfocus", "ontoggle"];

const present = (child) => child !== null && child !== undefined && child !== false && child !== "";

/** A new element. `data` fills the dataset, `on*` are handlers, null or false props and null, false or empty children are left out. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "data") Object.assign(node.dataset, value);
    else if (HANDLERS.includes(name)) node[name] = value;
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter(present));
  return node;
}

/**
 * Makes `parent` hold `children` by changing as little as it can. In Chromium a node removed anywhere on the page
 * splits the undo of running typing, so text is changed in place and elements are reused.
 */
export function fill(parent, ...children) {
  const next = children.flat().filter(present).map((child) => (child instanceof Node ? child : document.createTextNode(child)));
  next.forEach((child, index) => {
    const old = parent.childNodes[index];
    if (!old) parent.append(child);
    else if (old.nodeName === child.nodeName) reuse(old, child);
    else if (parent.childNodes.length < next.length) old.before(child);
    else old.replaceWith(child);
  });
  while (parent.childNodes.length > next.length) parent.lastChild.remove();
}

function reuse(old, fresh) {
  if (old instanceof Text) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) {
    if (old.getAttribute(name) !== fresh.getAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  }
  for (const name of HANDLERS) old[name] = fresh[name];
  fill(old, ...fresh.childNodes);
}

/** A decorative line icon. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Text for screen readers only. */
export const unseen = (text) => el("span", { class: "unseen" }, text);

/** `text` cut at a word to about `limit` characters. */
export function shorten(text, limit = 70) {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= limit) return flat;
  const cut = flat.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "");
  return `${cut.replace(/\s+\S*$/, "") || cut}…`;
}
