// Adds "in 3 hours" after a time, and says it aloud only when it begins to matter.
import { at, now } from "./clock.js";

const minute = 60_000, hour = 60 * minute, day = 24 * hour;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });

const nights = (ms) => { // how often the date changes until then, as one counts days on a calendar
  const of = (moment) => { const d = new Date(moment); return Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()); };
  return Math.round((of(now() + ms) - of(now())) / day);
};

const left = (ms) => {
  if (ms >= day) return words.format(nights(ms), "day");
  if (ms >= 2 * hour) return words.format(Math.floor(ms / hour), "hour");
  return words.format(Math.max(Math.ceil(ms / minute), 1), "minute");
};

const follow = (time) => {
  const end = Date.parse(time.dateTime);
  const note = document.createElement("span");
  note.className = "in";
  time.after(" ", note);
  const show = () => {
    const ms = end - now();
    note.textContent = ms > 0 ? `(${left(ms)})` : "";
    if (ms > 0) at(now() + (ms > 3 * hour ? hour / 4 : minute / 2), show);
  };
  show();
  const aloud = document.createElement("span");
  aloud.className = "unseen";
  aloud.setAttribute("role", "status");
  note.after(aloud);
  for (const before of [hour, 10 * minute, minute]) {
    if (end - before > now()) at(end - before, () => { aloud.textContent = left(before); });
  }
};

export const start = (root) => root.querySelectorAll("time[data-until]").forEach(follow);
