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

const enhance = (root) => {
  for (const [selector, module] of Object.entries(uses)) {
    if (root.querySelector(selector)) import(module).then((m) => m.start(root));
  }
};

enhance(document);
document.addEventListener("fresh", (event) => enhance(event.target)); // a part came anew, see refresh.js
