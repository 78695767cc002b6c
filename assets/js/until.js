// Adds "in 3 hours" after a time, and says it aloud only when it begins to matter.
import { at, now } from "./clock.js";

const second = 1000, minute = 60_000, hour = 60 * minute, day = 24 * hour;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });

const nights = (ms) => { // how often the date changes until then, as one counts days on a calendar
  const of = (moment) => { const d = new Date(moment); return Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()); };
  return Math.round((of(now() + ms) - of(now())) / day);
};

const left = (ms) => {
  if (ms >= day) return words.format(nights(ms), "day");
  if (ms >= 2 * hour) return words.format(Math.floor(ms / hour), "hour");
  if (ms >= 2 * minute) return words.format(Math.ceil(ms / minute), "minute");
  return words.format(Math.max(Math.ceil(ms / second), 1), "second");
};

const pause = (ms) => { // until it is said anew; a vote in a room lasts a minute, so the last two go by seconds
  if (ms > 3 * hour) return hour / 4;
  return ms > 2 * minute ? Math.min(minute / 2, ms - 2 * minute) + 1 : second;
};

const follow = (time) => {
  const end = Date.parse(time.dateTime);
  const note = document.createElement("span");
  note.className = "in";
  time.after(" ", note);
  const show = () => {
    const ms = end - now();
    note.textContent = ms > 0 ? `(${left(ms)})` : "";
    if (ms > 0) at(now() + pause(ms), show);
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
