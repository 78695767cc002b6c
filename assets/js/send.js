// Sends a form marked data-send so that a lost connection loses nothing. It is kept on this device first, and goes from there once the
// server has it; what is sent twice is known by the form's own token and done once. With a connection all is as it would be without this:
// what is taken shows the page anew, or with data-send="stay" only what changed of it, and what is refused shows the form with what is wrong.
// A form with data-send="hold" keeps its words while they wait, as somebody is still writing them: sent again, they take the place of what waits.
//
// Never for papers and what else is secret: what is kept here could be read by whoever has the device. A form in [data-ballot] is left
// alone even if it is marked.
const place = "outbox", goTo = "outbox:go", first = 3000, longest = 60_000;
const oldest = 6 * 24 * 3600 * 1000; // the server knows a form's token for longer than that

const box = () => document.querySelector("[data-outbox]");
const read = () => JSON.parse(localStorage.getItem(place) ?? "[]");
const write = (items) => (items.length ? localStorage.setItem(place, JSON.stringify(items)) : localStorage.removeItem(place));
const mine = () => read().filter((item) => item.who === box()?.dataset.outbox);
const change = (id, with_) => write(read().map((item) => (item.id === id ? { ...item, ...with_ } : item)));
const remove = (id) => write(read().filter((item) => item.id !== id));
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

let timer, busy = false, wait = first, received = "";

const element = (name, text, ...inside) => {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  e.append(...inside);
  return e;
};

// show lists what is kept, each with how it stands. What was typed into a form that was refused stands there to be copied.
const show = () => {
  const area = box();
  if (!area) return;
  const items = mine(), say = area.dataset;
  const rows = items.map((item) => {
    const state = { wait: say.saved, busy: say.sending, no: `${say.refused} ${item.why}`, old: say.old }[item.state];
    const row = element("div", "", element("p", "", element("b", item.words), " · ", state));
    row.className = item.state === "no" || item.state === "old" ? "notice problem" : "notice";
    const typed = item.typed.join("\n\n");
    if (typed) {
      const text = element("p", typed);
      text.className = "typed";
      text.dir = "auto";
      row.append(text);
    }
    if (item.state !== "busy") {
      const drop = element("button", say.drop);
      drop.type = "button";
      drop.className = "button quiet";
      drop.addEventListener("click", () => { remove(item.id); show(); });
      row.append(drop);
    }
    return row;
  });
  if (received) {
    const done = element("div", "", element("p", "", element("b", received), " · ", say.received));
    done.className = "notice";
    rows.unshift(done);
  }
  const list = area.querySelector("[data-outbox-list]");
  if (list.textContent !== rows.map((row) => row.textContent).join("")) list.replaceChildren(...rows); // nothing is said twice
  area.hidden = rows.length === 0;
};

// why reads from an answer why a form was not taken.
const why = async (answer) => {
  const text = await answer.text();
  if (answer.headers.get("Content-Type")?.includes("json")) {
    const { detail, fields } = JSON.parse(text);
    return Object.values(fields ?? {}).join(" ") || detail;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  const said = [...page.querySelectorAll(".problems li, .head .state")].map((e) => e.textContent.trim());
  return said[0] ?? answer.status;
};

// post returns whether the server has it, or why it will not; nothing if there was no answer. With stay no page is to say it afterwards.
const post = async (item, stay) => {
  const csrf = document.querySelector("input[name=csrf]")?.value; // of who is signed in now
  const form = new URLSearchParams(item.form.map(([name, value]) => [name, name === "csrf" ? csrf ?? value : value]));
  try {
    const answer = await fetch(item.to, {
      method: "POST", body: form, redirect: "manual", signal: AbortSignal.timeout(30_000),
      headers: { Accept: "application/problem+json, application/json", Sent: "1", ...(stay && { Stay: "1" }) },
    });
    if (answer.ok || answer.type === "opaqueredirect") return { taken: true, go: answer.headers.get("Go"), base: answer.headers.get("Base") };
    if (answer.status === 429 || answer.status >= 500) return null;
    return { why: String(await why(answer)) };
  } catch { return null; }
};

const flush = async () => {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  for (const item of mine().filter(({ state }) => state === "wait" || state === "busy")) {
    if (Date.now() - item.at > oldest) { change(item.id, { state: "old" }); continue; }
    change(item.id, { state: "busy" });
    show();
    const answer = await post(item, true);
    if (!answer) { change(item.id, { state: "wait" }); break; }
    if (answer.taken) { remove(item.id); settle(item, answer.base); arrived(item); } else change(item.id, { state: "no", why: answer.why });
    wait = first;
  }
  busy = false;
  show();
  if (mine().some(({ state }) => state === "wait")) {
    timer = setTimeout(flush, wait * (0.8 + 0.4 * Math.random()));
    wait = Math.min(wait * 1.6, longest);
  }
};

// settle has a form that held on to its words know that the server has them. What is written from now on goes on from there, if nobody else has
// written in between; if somebody has, the server joins it with theirs as before.
const settle = (item, base) => {
  const form = [...document.querySelectorAll('form[data-send="hold"]')].find((f) => f.action === item.to);
  if (!form) return;
  if (base) form.elements.base.value = base;
  for (const [name, value] of item.form) {
    const e = form.elements[name];
    if (e.localName === "textarea" && lines(e.value) === lines(value)) e.defaultValue = e.value;
  }
};
const lines = (text) => text.replace(/\r\n/g, "\n"); // as forms are sent, their lines end otherwise than on the page

// arrived has the page show what came of it.
const arrived = (item) => {
  received = item.words;
  setTimeout(() => { received = ""; show(); }, 8000);
  if (document.querySelector("main[data-live]")) document.dispatchEvent(new Event("live"));
  else if (location.pathname === item.page) location.reload();
};

// leave shows the page that the server would have shown. To go to a place in this page would not load it anew, so that waits until it is loaded.
const leave = (go) => {
  const to = new URL(go ?? location.href, location.href);
  if (to.pathname + to.search !== location.pathname + location.search) { location.assign(to); return; }
  if (to.hash && to.hash !== location.hash) sessionStorage.setItem(goTo, to.hash);
  location.reload();
};

const arrive = () => {
  const hash = sessionStorage.getItem(goTo);
  if (!hash) return;
  sessionStorage.removeItem(goTo);
  location.hash = hash;
};

// attempt sends what has just been put in the box while its form is there. Without an answer the form is emptied, since the box has it.
const attempt = async (form, item, stay) => {
  busy = true;
  const answer = await post(item, stay);
  busy = false;
  if (answer?.taken && !stay) { remove(item.id); leave(answer.go); return; }
  if (answer?.why) { remove(item.id); form.submit(); return; } // the page that comes says what is wrong, beside what was typed
  form.elements.once.value = fresh(); // the next one from here is another
  if (form.dataset.send !== "hold") for (const e of form.querySelectorAll("textarea, input[type=text]")) {
    e.value = e.defaultValue;
    e.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (answer?.taken) { remove(item.id); arrived(item); } else change(item.id, { state: "wait" });
  show();
  if (!answer) timer = setTimeout(flush, wait);
};

const keep = (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-send]") || form.matches("[data-ballot], [data-ballot] *") || form.querySelector("[data-ballot]") || !box()) return;
  const once = form.elements.once, words = (event.submitter ?? form.querySelector("button")).textContent.trim();
  const item = {
    id: once.value, who: box().dataset.outbox, to: form.action, page: location.pathname, at: Date.now(), state: "busy", words,
    form: [...new FormData(form, event.submitter)].filter(([, value]) => typeof value === "string"),
    typed: [...form.querySelectorAll("textarea, input[type=text]")].map((e) => e.value.trim()).filter(Boolean),
  };
  if (busy && read().some(({ id }) => id === item.id)) { event.preventDefault(); return; } // clicked twice
  if (busy) return; // something else is on its way: the browser sends this as ever
  const replaced = (it) => it.id === item.id || (form.dataset.send === "hold" && it.to === item.to && it.who === item.who);
  try { write([...read().filter((it) => !replaced(it)), item]); } catch { return; } // there is no room: the browser sends it as ever
  event.preventDefault();
  attempt(form, item, form.dataset.send === "stay");
};

let begun = false;
export const start = () => {
  if (begun) { show(); return; }
  begun = true;
  arrive();
  // What was refused for a form of an earlier visit, and what another page was sending when it went, is tried once more.
  for (const item of mine()) if (item.state !== "old") change(item.id, { state: "wait" });
  document.addEventListener("submit", keep);
  addEventListener("online", () => { wait = first; flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  addEventListener("storage", (event) => { if (event.key === place) show(); });
  show();
  flush();
};
