// A template's sliders: each with a number beside it. The server puts them into the template's conditions.
import { debounced } from "./asking.js";

export const sliders = (panel, { words, addresses, put }) => {
  const note = panel.querySelector("[data-by-hand]");
  let isOurs = false;

  const ask = debounced(async () => {
    const query = new URLSearchParams(new FormData(panel.closest("form")));
    for (const name of [...query.keys()]) if (!panel.querySelector(`[name="${name}"]`)) query.delete(name);
    const answer = await fetch(`${panel.dataset.sliders}?${query}`);
    if (!answer.ok) return;
    const found = await answer.json();
    const mistakes = found.mistakes ?? {};
    for (const line of panel.querySelectorAll("[data-mistake]")) {
      line.textContent = mistakes[line.dataset.mistake] ?? "";
      line.hidden = !line.textContent;
    }
    if (!found.definition) return;
    isOurs = true;
    put(found.definition);
    isOurs = false;
    note.hidden = true;
  }, 250);

  panel.addEventListener("input", (event) => {
    const twin = event.target.dataset.twin && panel.querySelector(`#${event.target.dataset.twin}`);
    if (twin) twin.value = event.target.value;
    ask();
  });
  return () => { if (!isOurs) note.hidden = false; };
};
