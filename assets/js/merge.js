// Brings a part of the page in line with what the server has sent anew, and touches nothing that is the same: so the focus, what was
// typed, what was opened and the place of a screen reader stay. It compares what was sent with what was sent before, not with what
// scripts have made of it since.
const sent = new WeakMap(); // a node of the page → the node as the server sent it

// remember notes how a node came. What scripts add later is in no part, and stays as long as what it stands behind.
export const remember = (node, source = node.cloneNode(true)) => {
  sent.set(node, source);
  [...node.childNodes].forEach((child, i) => remember(child, source.childNodes[i]));
};
export const isRemembered = (node) => sent.has(node);

// A form's tokens are other ones each time, and the old ones are as good.
const isToken = (e, name) => name === "value" && e.localName === "input" && (e.getAttribute("name") === "csrf" || e.getAttribute("name") === "once");

const same = (a, b) => {
  if (a.nodeName !== b.nodeName) return false;
  if (a.nodeType !== Node.ELEMENT_NODE) return a.nodeValue === b.nodeValue;
  return a.attributes.length === b.attributes.length && [...a.attributes].every(({ name, value }) => b.getAttribute(name) === value || isToken(a, name)) &&
    a.childNodes.length === b.childNodes.length && [...a.childNodes].every((child, i) => same(child, b.childNodes[i]));
};

// What makes an element this one and no other. Scripts were woken by its data, so other data make another element.
const names = ["id", "name", "href", "action", "datetime", "type", "for"];
const identity = (e) => [...e.attributes].filter(({ name }) => names.includes(name) || (name.startsWith("data-") && name !== "data-tag"))
  .map(({ name, value }) => `${name}=${value}`).sort().join(" ") + (e.localName === "li" ? ` ${e.querySelector("[href]")?.getAttribute("href")}` : "");
const alike = (a, b) => a.nodeName === b.nodeName && (a.nodeType !== Node.ELEMENT_NODE || identity(a) === identity(b));

const changed = (e) => (e.type === "radio" || e.type === "checkbox" ? e.checked !== e.defaultChecked : e.type !== "hidden" && e.value !== e.defaultValue);
// typed tells whether something was typed in it that is not sent yet.
const fields = "input, textarea";
const typed = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches(fields) && changed(node) || [...node.querySelectorAll(fields)].some(changed));

const pair = (old, next) => {
  const found = new Map(), left = new Set(old);
  const take = (fits) => {
    for (const n of next) {
      if (found.has(n)) continue;
      for (const o of left) {
        if (fits(sent.get(o), n)) { found.set(n, o); left.delete(o); break; }
      }
    }
  };
  take(same);
  take(alike);
  return [found, left];
};

// drop removes a node, and what scripts have put behind it. What somebody is typing in stays until they are done.
const drop = (node) => {
  if (typed(node)) return;
  while (node.nextSibling && !sent.has(node.nextSibling)) node.nextSibling.remove();
  node.remove();
};

const bring = (node, next, fresh) => {
  const was = sent.get(node);
  if (same(was, next)) return;
  sent.set(node, next);
  if (node.nodeType !== Node.ELEMENT_NODE) { node.nodeValue = next.nodeValue; return; }
  for (const { name } of [...was.attributes]) if (!next.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of next.attributes) if (was.getAttribute(name) !== value) node.setAttribute(name, value);
  children(node, next, fresh);
};

const children = (node, next, fresh) => {
  const [found, left] = pair([...node.childNodes].filter(isRemembered), [...next.childNodes]);
  left.forEach(drop);
  let at = node.firstChild;
  for (const n of next.childNodes) {
    while (at && (!sent.has(at) || left.has(at))) at = at.nextSibling;
    const here = found.get(n) ?? document.importNode(n, true);
    if (here === at) at = at.nextSibling;
    else node.insertBefore(here, at);
    if (found.has(n)) bring(here, n, fresh);
    else { remember(here, n); if (here.nodeType === Node.ELEMENT_NODE) fresh.push(here); }
  }
};

// merge makes the children of a part those of the fragment, and returns the elements that are new.
export const merge = (part, fragment) => {
  const focus = document.activeElement, fresh = [];
  children(part, fragment, fresh);
  if (focus !== document.activeElement && focus !== document.body) {
    const place = focus.isConnected ? focus : focus.id && document.getElementById(focus.id);
    if (!place) part.tabIndex = -1; // what had it is gone: whoever goes by keys goes on from here
    (place || part).focus({ preventScroll: true });
  }
  return fresh;
};
