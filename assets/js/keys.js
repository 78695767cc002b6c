// Presses what a key stands for, <button data-key="n">, as long as nobody types. The line [data-keys] says which keys there are, and has a button that turns them off on this device.
const place = "keys";
const isOn = () => localStorage.getItem(place) !== "off";

const show = () => {
  document.documentElement.dataset.keys = isOn() ? "on" : "off";
  const line = document.querySelector("p[data-keys]");
  if (!line) return;
  line.hidden = false;
  line.querySelector("button").textContent = isOn() ? line.dataset.keysOff : line.dataset.keysOn;
};

const types = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], summary";

const press = (event) => {
  if (!isOn() || event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(types) || document.querySelector("dialog[open]")) return;
  const button = [...document.querySelectorAll("button[data-key]")].find((e) => e.dataset.key === event.key.toLowerCase() && !e.disabled);
  if (!button) return;
  event.preventDefault();
  button.focus();
  button.click();
};

let begun = false;
export const start = () => {
  show();
  if (begun) return;
  begun = true;
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("p[data-keys] button")) return;
    if (isOn()) localStorage.setItem(place, "off"); else localStorage.removeItem(place);
    show();
  });
};
