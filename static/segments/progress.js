// A run that goes on: its progress is fetched anew until it is over. Whoever has no scripts loads the page again.
const PAUSE = 2000;

const look = async () => {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("[data-runs]").replaceWith(page.querySelector("[data-runs]"));
  next();
};

const next = () => {
  if (document.querySelector("[data-runs][data-going]")) setTimeout(look, PAUSE);
};

next();
