// The time by the server's clock: <html data-now> is when it made this page, in milliseconds. That is taken to be the moment at which
// the answer began to arrive, so a slow line makes this clock late and never early: who asks too early is told what they know.
const [load] = performance.getEntriesByType("navigation");
const ahead = Number(document.documentElement.dataset.now) - performance.timeOrigin - (load?.responseStart ?? 0);

export const now = () => Date.now() + ahead;

// at calls work at the moment given, however far away: browsers cannot wait longer than 24 days in one go.
export const at = (moment, work) => {
  const wait = moment - now();
  if (wait > 2 ** 31 - 1) setTimeout(() => at(moment, work), 2 ** 31 - 1);
  else setTimeout(work, Math.max(wait, 0));
};
