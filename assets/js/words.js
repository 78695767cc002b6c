// Says how many words are left, beside a text with data-words="250". The sentences come with the page.
const count = (text) => text.trim().split(/\s+/u).filter(Boolean).length;

export const start = (root) => {
  for (const box of root.querySelectorAll("[data-words]")) {
    const line = document.getElementById(`${box.id}-words`);
    const say = () => {
      const left = Number(box.dataset.words) - count(box.value);
      const words = left < 0 ? line.dataset.over : line.dataset.left;
      line.textContent = words.replace("#", Math.abs(left).toLocaleString(document.documentElement.lang));
      line.setAttribute("aria-live", left < 20 ? "polite" : "off");
    };
    box.addEventListener("input", say);
    say();
  }
};
