// Fetches a part of the page anew at the moment something opens or closes: <main id="main" data-refresh-at="2026-03-03T20:00:00Z">.
// A part in which something was typed is left alone and gets a sentence with a link instead.
import { at, now } from "./clock.js";

// Not Element.innerHTML: the browser parses the answer as a document, and no script in it can run.
const page = (address) => new Promise((done, failed) => {
  const ask = new XMLHttpRequest();
  ask.responseType = "document";
  ask.open("GET", address);
  ask.onload = () => (ask.status === 200 && ask.response ? done(ask.response) : failed(new Error(ask.status)));
  ask.onerror = () => failed(new Error("no answer"));
  ask.send();
});

const typed = (part) => [...part.querySelectorAll("input, textarea")].some((e) =>
  e.type === "radio" || e.type === "checkbox" ? e.checked !== e.defaultChecked : e.type !== "hidden" && e.value !== e.defaultValue);

const offer = (part) => {
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = part.dataset.refreshSay;
  note.append(link);
  part.prepend(note);
};

const watch = (part) => {
  const moment = Date.parse(part.dataset.refreshAt);
  if (!(moment > now())) return;
  const jitter = 500 + Math.random() * 2500; // so that a whole group does not ask in the same instant
  at(moment + jitter, async () => {
    if (typed(part)) { offer(part); return; }
    try {
      const fresh = (await page(location.href)).getElementById(part.id);
      part.replaceWith(document.adoptNode(fresh));
      fresh.dispatchEvent(new Event("fresh", { bubbles: true }));
      watch(fresh);
    } catch { offer(part); }
  });
};

export const start = (root) => root.querySelectorAll("[data-refresh-at]").forEach(watch);
