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

const soonest = 500, longest = 60_000;

// watch asks for the part once its moment has come, and again, ever less often, while the server still names the same moment: a count
// takes a while.
const watch = (part, wait = 2500) => {
  const moment = Date.parse(part.dataset.refreshAt);
  if (Number.isNaN(moment)) return;
  const jitter = soonest + Math.random() * wait; // so that a whole group does not ask in the same instant
  at(Math.max(moment, now()) + jitter, async () => {
    if (typed(part)) { offer(part); return; }
    try {
      const fresh = (await page(location.href)).getElementById(part.id);
      const again = fresh.dataset.refreshAt === part.dataset.refreshAt ? Math.min(wait * 2, longest) : undefined;
      if (fresh.textContent === part.textContent) { watch(part, again); return; } // who reads there is not disturbed
      part.replaceWith(document.adoptNode(fresh));
      fresh.dispatchEvent(new Event("fresh", { bubbles: true }));
      watch(fresh, again);
    } catch { offer(part); }
  });
};

export const start = (root) => root.querySelectorAll("[data-refresh-at]").forEach((part) => watch(part));
