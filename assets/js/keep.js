// Keeps what was typed in a form until the server has it: <form data-keep="a name for this form">.
// It lives in this tab only. Ballots and passphrases are never kept.
const kept = (form) => [...form.elements].filter((e) =>
  e.name && (e.tagName === "TEXTAREA" || (e.tagName === "INPUT" && e.type === "text")) && !e.closest("[data-ballot]"));

const keep = (form) => {
  const place = `keep:${form.dataset.keep}`;
  const before = JSON.parse(sessionStorage.getItem(place) ?? "{}");
  for (const e of kept(form)) {
    if (e.value !== e.defaultValue || before[e.name] === undefined) continue;
    e.value = before[e.name];
    e.dispatchEvent(new Event("input"));
  }
  const name = document.createElement("input"); // says what the page that follows is to forget
  Object.assign(name, {type: "hidden", name: "keep", value: form.dataset.keep});
  form.append(name);
  form.addEventListener("input", () => {
    sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(kept(form).map((e) => [e.name, e.value]))));
  });
};

export const start = (root) => {
  // The page after a form that was taken says which drafts have done their work: data-kept="names with spaces between".
  for (const done of root.querySelectorAll("[data-kept]")) {
    for (const name of done.dataset.kept.split(" ")) sessionStorage.removeItem(`keep:${name}`);
  }
  root.querySelectorAll("form[data-keep]").forEach(keep);
};
