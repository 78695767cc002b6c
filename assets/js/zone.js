// Chooses the time zone that this browser goes by, where nobody has chosen one yet and the list has it.
export const start = (root) => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const list of root.querySelectorAll("select[data-zone]")) {
    const kept = [...list.options].find((o) => o.selected)?.defaultSelected === false; // the browser put back what was chosen
    if (!kept && [...list.options].some((o) => o.value === here)) list.value = here;
  }
};
