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
};

// Elements that came anew, see merge.js, are looked through as a page is.
const among = (elements) => {
  const querySelectorAll = (selector) => elements.flatMap((e) => [...(e.matches(selector) ? [e] : []), ...e.querySelectorAll(selector)]);
  return { querySelectorAll, querySelector: (selector) => querySelectorAll(selector)[0] ?? null };
};

const enhance = async (root) => {
  if (document.querySelector("[data-live]")) (await import("./live.js")).start(root); // first: it notes how the parts came
  for (const [selector, module] of Object.entries(uses)) {
    if (root.querySelector(selector)) import(module).then((m) => m.start(root));
  }
};

enhance(document);
document.addEventListener("fresh", (event) => enhance(event.detail ? among(event.detail) : event.target)); // see refresh.js and merge.js
