// Keeps the named parts of a page up to date: <main data-live="motion/14=head,support" data-live-path="/g/elm/live" data-live-since="…">.
// The server only says that a topic changed; what changed is asked for as the page itself is, and merged into it. Without a stream it
// asks every few seconds, ever less often.
import { isRemembered, merge, remember } from "./merge.js";

const first = 5000, longest = 30_000, spread = 500, away = 15_000, thrifty = 15_000;
const saves = navigator.connection?.saveData === true;
const tags = new Map(); // part → entity tag of what it shows
const due = new Set();
let stream, since, timer, busy = false, poll, wait = first, over = false, enough = false, hush;

const root = () => document.querySelector("main[data-live]");
const follows = (name) => (root()?.dataset[name] ?? "").split(" ").filter(Boolean).map((word) => word.split("="))
  .map(([of, parts]) => ({ of, parts: parts.split(",") }));
const all = () => [...follows("live"), ...follows("liveEvery")].flatMap(({ parts }) => parts);

// show says how it stands, in words: that the page keeps itself up to date, that it cannot just now, or that it is another page now.
let shown = "";
const show = (state) => {
  shown = state;
  const line = document.querySelector("[data-live-state]");
  if (!line) return;
  const off = line.querySelector("[data-live-off]");
  line.dataset.liveState = state;
  line.querySelector("[data-live-on]").hidden = state !== "on";
  off.textContent = { off: off.dataset.liveOff, gone: line.dataset.liveGone }[state] ?? "";
  if (state !== "gone") return;
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = line.dataset.liveAgain;
  off.append(" ", link);
};

// settle keeps what stands at the top of the screen where it is, for browsers that do not by themselves.
const settle = (work) => {
  if (CSS.supports("overflow-anchor", "auto")) return work();
  const mark = document.elementFromPoint(innerWidth / 2, 1), before = mark?.getBoundingClientRect().top;
  const done = work();
  if (mark?.isConnected && scrollY > 0) scrollBy(0, mark.getBoundingClientRect().top - before);
  return done;
};

const put = (html) => {
  const answer = new DOMParser().parseFromString(html, "text/html"); // no script in it can run
  const fresh = settle(() => [...answer.querySelectorAll("template[data-part]")].flatMap((sheet) => {
    const part = document.querySelector(`[data-part="${sheet.dataset.part}"]`);
    if (!part) return [];
    tags.set(sheet.dataset.part, `"${sheet.dataset.tag}"`);
    return merge(part, sheet.content);
  }));
  if (fresh.length > 0) document.dispatchEvent(new CustomEvent("fresh", { detail: fresh }));
};

const ask = async (parts) => {
  const has = parts.map((part) => tags.get(part)).filter(Boolean).join(", ");
  const headers = { Accept: "text/html", Part: parts.join(",") };
  if (has) headers["If-None-Match"] = has;
  const answer = await fetch(location.href, { headers, redirect: "manual", signal: AbortSignal.timeout(15_000) });
  if (answer.status === 200) put(await answer.text());
  else if (answer.status === 429 || answer.status >= 500) throw new Error(answer.status);
  else if (answer.status !== 304) over = true; // it is not there for this reader any more
};

// refresh asks for parts soon, but not in the same instant as everybody else, and never twice at a time.
const refresh = (parts, soon = false) => {
  parts.forEach((part) => due.add(part));
  if (timer || busy || over || due.size === 0) return;
  timer = setTimeout(run, soon ? 0 : Math.random() * spread + (saves ? thrifty : 0));
};
const run = async () => {
  timer = undefined;
  if (document.querySelector("dialog[open]")) { timer = setTimeout(run, 1000); return; } // somebody is being asked something
  const parts = [...due];
  due.clear();
  busy = true;
  try {
    await ask(parts);
    busy = false;
    if (over) end();
    else if (stream?.readyState === EventSource.OPEN || poll) show("on");
    refresh([]);
  } catch {
    busy = false;
    parts.forEach((part) => due.add(part));
    show("off");
    again();
  }
};
const end = () => {
  close();
  clearTimeout(poll);
  show("gone");
};

// again asks for everything after a while, as long as there is no stream.
const again = () => {
  if (poll || over || document.hidden) return;
  poll = setTimeout(() => {
    poll = undefined;
    wait = Math.min(wait * 1.5, longest);
    refresh(all(), true);
    if (!stream && !enough) open();
    again();
  }, wait * (0.8 + 0.4 * Math.random()));
};

const close = () => {
  stream?.close();
  stream = undefined;
};
const open = () => {
  if (stream || over || !window.EventSource) return;
  const { livePath, liveSince } = root().dataset;
  const query = new URLSearchParams(follows("live").map(({ of }) => ["topic", of]));
  query.set("since", since ?? liveSince);
  stream = new EventSource(`${livePath}?${query}`);
  stream.onopen = () => {
    clearTimeout(poll);
    poll = undefined;
    wait = first;
    show("on");
    if (due.size > 0) refresh([], true);
  };
  stream.onmessage = ({ data, lastEventId }) => {
    since = lastEventId;
    const topics = data.split("\n").map((line) => line.split(" ")[0]);
    refresh(follows("live").filter(({ of }) => topics.includes(of)).flatMap(({ parts }) => parts));
  };
  stream.onerror = () => { // the browser comes back by itself, unless it was turned away
    if (stream?.readyState === EventSource.CLOSED) close();
    setTimeout(() => { if (stream?.readyState !== EventSource.OPEN && !over && !poll && !enough && !document.hidden) { show("off"); again(); } }, 3000);
  };
  stream.addEventListener("enough", () => { enough = true; close(); again(); }); // this person has many pages open
  stream.addEventListener("over", () => { close(); refresh(all(), true); });
};

// A page that nobody looks at needs no stream, which a browser has few of. When somebody does again, it asks at once.
const wake = () => {
  if (document.hidden) {
    hush ??= setTimeout(close, away);
    clearTimeout(poll);
    poll = undefined;
    return;
  }
  clearTimeout(hush);
  hush = undefined;
  enough = false;
  wait = first;
  if (over) return;
  refresh(all(), true);
  if (stream?.readyState !== EventSource.OPEN) { close(); open(); }
  if (!stream) again();
};

let begun = false;
export const start = (within) => {
  within.querySelectorAll("[data-part]").forEach((part) => { if (!isRemembered(part)) remember(part); });
  if (begun) { show(shown); return; }
  begun = true;
  document.querySelectorAll("[data-tag]").forEach(({ dataset: { part, tag } }) => tags.set(part, `"${tag}"`));
  document.addEventListener("visibilitychange", wake);
  for (const event of ["online", "offline"]) addEventListener(event, () => (event === "online" ? wake() : show("off")));
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  addEventListener("pagehide", close);
  document.addEventListener("resume", wake);
  document.addEventListener("live", (event) => refresh(event.detail ?? all(), true)); // another module knows better
  for (const { of, parts } of follows("liveEvery")) setInterval(() => { if (!document.hidden) refresh(parts); }, of * 1000);
  if (follows("live").length > 0) open();
  if (!stream) again();
};
