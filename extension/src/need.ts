/** The element with this id; it is in the page's HTML. */
export function need(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no #${id}`);
  return element;
}
