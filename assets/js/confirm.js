// Opens the question of a <details class="confirm"> as a dialog instead of in the page.
const lift = (details) => {
  const ask = details.querySelector(".confirm-ask");
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  dialog.setAttribute("aria-labelledby", ask.querySelector("h2").id);
  details.append(dialog);
  const no = ask.querySelector("[data-no]");
  no.hidden = false;
  no.addEventListener("click", () => dialog.close());
  details.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    details.open = true;
    dialog.append(ask);
    dialog.showModal();
    no.focus(); // a stray Enter changes nothing
  });
  dialog.addEventListener("close", () => { details.append(ask); details.open = false; });
};

export const start = (root) => root.querySelectorAll("details.confirm").forEach(lift);
