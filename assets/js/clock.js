// The time by the server's clock: <html data-now> is when it made this page, in milliseconds.
const ahead = Number(document.documentElement.dataset.now) - Date.now() + performance.now();

export const now = () => Date.now() + ahead;

// at calls work at the moment given, however far away: browsers cannot wait longer than 24 days in one go.
export const at = (moment, work) => {
  const wait = moment - now();
  if (wait > 2 ** 31 - 1) setTimeout(() => at(moment, work), 2 ** 31 - 1);
  else setTimeout(work, Math.max(wait, 0));
};
