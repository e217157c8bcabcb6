// The workbench: shows the fields that a choice needs, and tells in a sentence what the form says. Works without it too.
(() => {
  const form = document.querySelector("form[data-workbench]");
  if (!form) return;

  const chosen = (name) => form.elements[name]?.value ?? "";

  const disclose = () => {
    for (const part of form.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.values.split(" ").includes(chosen(part.dataset.when));
    }
  };

  const ask = async (what, value) => {
    const body = new FormData(form);
    body.append(what, value);
    const answer = await fetch(location.href, {
      method: "POST", body, headers: { "X-Requested-With": "workbench" },
    });
    return answer.ok ? answer.text() : null;
  };

  const replace = (selector, html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(selector);
    if (fresh) form.querySelector(selector).replaceWith(fresh);
  };

  const opened = () => [...form.querySelectorAll("details[open][id]")].map((part) => part.id);

  const redraw = async (what, value) => {
    const open = opened();
    const html = await ask(what, value);
    if (html === null) return;
    replace("[data-fields]", html);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    disclose();
  };

  let waiting, turn = 0;
  const tell = () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++turn;
      const html = await ask("sentence", "1");
      if (html !== null && mine === turn) replace("[data-sentence]", html);
    }, 300);
  };

  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-redraw]")) redraw("look", "1");
    else disclose();
  });
  if (form.querySelector("[data-sentence]")) form.addEventListener("input", tell);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add], button[name=remove], button[name=expect]");
    if (!button) return;
    event.preventDefault();
    redraw(button.name, button.value);
  });
  disclose();
})();
