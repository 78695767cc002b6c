// A meeting on a screen in the room: the words as large as they fit, times that run down, and a look at the server when something is over.
import { at, now } from "./clock.js";

const main = document.querySelector("main[data-screen]");
const smallest = 4; // of the sizes in 6-screen.css

// fit tries the sizes from the largest on. What does not fit at the smallest is on everybody's phone, and the screen says so.
const fit = () => {
  const box = main.querySelector("[data-fit]"), rest = main.querySelector("[data-rest]");
  if (!box || !rest) return;
  const lines = [...box.querySelectorAll("[data-line]")];
  const show = (line, cut) => {
    line.hidden = false;
    line.classList.toggle("cut", cut > 0);
    line.style.setProperty("--lines", cut || "none");
  };
  lines.forEach((line) => show(line, 0));
  rest.hidden = true;
  const over = () => box.scrollHeight > box.clientHeight + 1;
  if (getComputedStyle(box).overflowY !== "hidden") return; // a small window, which scrolls
  for (let size = 0; size <= smallest; size++) {
    box.dataset.size = size;
    if (!over()) return;
  }
  rest.hidden = false;
  for (let last = lines.length - 1; last >= 0 && over(); last--) {
    const line = lines[last], high = Number.parseFloat(getComputedStyle(line).lineHeight);
    const room = line.offsetHeight - (box.scrollHeight - box.clientHeight);
    let whole = Math.floor(room / high);
    for (; whole > 0; whole--) {
      show(line, whole);
      if (!over()) return;
    }
    if (last > 0) line.hidden = true;
    else show(line, 1);
  }
};

let soon;
const refit = () => { soon ??= requestAnimationFrame(() => { soon = undefined; fit(); }); };

// Text is changed where it stands, so that what the server sends anew still finds it.
const write = (element, text) => { if (element.firstChild && element.firstChild.nodeValue !== text) element.firstChild.nodeValue = text; };

const followed = new WeakSet();
const count = (time) => {
  followed.add(time);
  const end = Date.parse(time.dateTime);
  const tick = () => {
    if (!time.isConnected) return;
    const left = Math.max(0, Math.ceil((end - now()) / 1000));
    write(time, left > 0 ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : time.dataset.over);
    time.classList.toggle("over", left === 0);
    if (left > 0) setTimeout(tick, (end - now()) % 1000 + 5);
  };
  tick();
};

const clock = () => {
  const time = main.querySelector("[data-clock]");
  const zone = time.dataset.zone || undefined;
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(now());
  write(time, words.replace(/[AP]M/, (half) => half.toLowerCase()));
};

// look has live.js ask for everything, some moments after something was over: counting takes a moment, too.
const ask = () => document.dispatchEvent(new CustomEvent("live", {}));
const looked = new WeakSet();
const look = (mark) => {
  looked.add(mark);
  at(Date.parse(mark.dataset.again) + 400, () => { if (mark.isConnected) { ask(); setTimeout(() => { if (mark.isConnected) ask(); }, 3000); } });
};

const follow = () => {
  main.querySelectorAll("time[data-count]").forEach((time) => { if (!followed.has(time)) count(time); });
  main.querySelectorAll("[data-again]").forEach((mark) => { if (!looked.has(mark)) look(mark); });
};

export const start = () => {
  follow();
  clock();
  fit();
  main.querySelector("[data-fit]").dataset.fit = "done";
  setInterval(clock, 5000);
  new MutationObserver((changes) => {
    follow();
    if (changes.some(({ target }) => !(target.parentElement ?? target).closest("time"))) refit();
  }).observe(main, { childList: true, characterData: true, subtree: true });
  addEventListener("resize", refit);
  document.fonts?.ready.then(refit);
  // What was shown must not stay there once the address shows nothing any more.
  new MutationObserver(() => { if (main.querySelector('[data-live-state="gone"]')) location.reload(); })
    .observe(main.querySelector("[data-live-state]"), { attributes: true, attributeFilter: ["data-live-state"] });
};
