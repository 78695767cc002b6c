// Fills a hidden field of a ballot with 16 bytes of this browser's own choosing, so that the server did not choose them alone.
const bytes = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

export const start = (root) => {
  for (const field of root.querySelectorAll("input[data-random]")) field.value ||= bytes();
};
