// What the server found: a few of the members, and why one of them is meant or not.
import { h } from "./dom.js";

export const showMembers = (place, members) => {
  if (!place) return;
  place.replaceChildren(...(members ?? []).map((one) => h("li", {}, h("a", { class: "text-link", href: one.link }, one.name), ` ${one.number}`)));
  place.closest("section").hidden = !members?.length;
};

export const showWhy = (place, found) => {
  if (!found) return;
  const mistake = found.errors[0]?.text ?? found.missing;
  if (mistake) return place.replaceChildren(h("p", { class: "sb-mistake" }, mistake));
  const heads = place.dataset;
  const rows = found.reasons.map((one) => h("tr", {},
    h("th", { scope: "row" }, one.sentence),
    h("td", {}, one.value),
    h("td", { class: one.is_met ? "sb-yes" : "sb-no" }, `${one.is_met ? "✓" : "✗"} ${one.met}`),
    h("td", {}, one.turns_on || "–")));
  place.replaceChildren(
    h("p", { class: found.is_meant ? "sb-yes" : "sb-no" }, found.text),
    h("div", { class: "wb-scroll", tabindex: "0", role: "region", "aria-label": found.text }, h("table", { class: "sb-table" },
      h("thead", {}, h("tr", {}, [heads.condition, heads.value, heads.met, heads.turns].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, rows))),
  );
};
