// Tells the server that the end of a talk has been on the screen: data-seen="/path" data-csrf="…" data-upto="…" on its last post.
const watch = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watch.unobserve(target);
    navigator.sendBeacon(target.dataset.seen, new URLSearchParams({ csrf: target.dataset.csrf, upto: target.dataset.upto }));
  }
}, { threshold: 0.5 });

export const start = (root) => root.querySelectorAll("[data-seen]").forEach((mark) => watch.observe(mark));
