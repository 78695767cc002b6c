// Loads only the modules that the page at hand has a use for. Every page works without any of them.
const uses = {
  "form[data-keep], [data-kept]": "./keep.js",
  "[data-words]": "./words.js",
  "[data-copy]": "./copy.js",
  "[data-print]": "./print.js",
  "select[data-zone]": "./zone.js",
  "details.confirm": "./confirm.js",
  "[data-refresh-at]": "./refresh.js",
  "[data-seen]": "./seen.js",
  "time[data-until]": "./until.js",
  "input[data-random]": "./random.js",
  "[data-rank]": "./rank.js",
  "p[data-keys]": "./keys.js",
  "[data-outbox]": "./send.js",
  "[data-screen]": "./screen.js",
};

// Elements that came anew, see merge.js, are looked through as a page is.
const among = (elements) => {
  const querySelectorAll = (selector) => elements.flatMap((e) => [...(e.matches(selector) ? [e] : []), ...e.querySelectorAll(selector)]);
  return { querySelectorAll, querySelector: (selector) => querySelectorAll(selector)[0] ?? null };
};

const enhance = async (root) => {
  const live = document.querySelector("main[data-live]") && import("./live.js");
  const used = Object.entries(uses).filter(([selector]) => root.querySelector(selector)).map(([, module]) => import(module));
  (await live)?.start(root); // first: it notes how the parts came
  for (const module of used) module.then((m) => m.start(root));
};

enhance(document);
document.addEventListener("fresh", (event) => enhance(event.detail ? among(event.detail) : event.target)); // see refresh.js and merge.js
