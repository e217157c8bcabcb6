// Controls for single values, as the language describes them: operators, numbers with units, days, pickers with search.
import { h, select } from "./dom.js";

const NUMERIC = ["number", "money", "quantity"];
const TIMES = ["day", "moment"];
const AMOUNTS = ["within", "at_least_ago", "more_than_ago", "in_next", "at_least_ahead", "more_than_ahead"];
const PARTS = ["weekday", "hour"];
const RANGES = ["between", "not_between"];
const LISTED = ["in", "not_in"];
const SILENT = ["set", "not_set"];

export const isNumeric = (kind) => NUMERIC.includes(kind);
export const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);

// What a condition asks first when this kind of value has been chosen.
export const firstTest = (value) => {
  if (isNumeric(value.kind)) return { op: "gte", value: value.kind === "money" ? 10000 : 1 };
  if (value.kind === "yes_no") return { op: "eq", value: true };
  if (TIMES.includes(value.kind)) return { op: "within", value: [30, "day"] };
  if (value.choices.length) return { op: "eq", value: value.choices[0].key };
  return { op: value.operators.includes("in") && value.is_searched ? "in" : "eq", value: value.is_searched ? [] : "" };
};

// What a value becomes when another operator is chosen: as much of it as still fits.
const fitted = (op, kind, old) => {
  const one = Array.isArray(old) ? old[0] : old;
  if (SILENT.includes(op)) return undefined;
  if (TIMES.includes(kind)) {
    if (AMOUNTS.includes(op)) return Array.isArray(old) && typeof old[0] === "number" ? old : [30, "day"];
    if (op === "in") return { calendar: ["this", "month"] };
    if (PARTS.includes(op)) return op === "weekday" ? [6, 7] : [8, 11];
    const day = typeof one === "string" && /^\d{4}-/.test(one) ? one : today();
    return op === "between" ? [day, day] : day.slice(0, op === "on" ? 10 : undefined);
  }
  if (RANGES.includes(op)) return Array.isArray(old) && old.length === 2 ? old : [one ?? 0, one ?? 0];
  if (LISTED.includes(op)) return Array.isArray(old) ? old : one === "" || one === undefined ? [] : [one];
  return one ?? "";
};

export const values = (language, changed, address) => {
  const words = language.words;

  // `key` tells controls apart, so that the one in use keeps the focus when the page is drawn anew.
  const labelled = (label, control, { isShown = false } = {}) => h(
    "label", { class: "sb-control" },
    h("span", { class: isShown ? "sb-label" : "sb-unseen" }, label), control,
  );

  const choose = (key, label, choices, chosen, then, isShown) => labelled(
    label, select({ "data-key": key, onchange: (event) => then(event.target.value) }, choices, chosen), { isShown },
  );

  const typed = (key, label, value, then, attributes = {}) => labelled(label, h("input", {
    type: "text", value: value ?? "", "data-key": key, autocomplete: "off", ...attributes,
    oninput: (event) => then(event.target.value),
  }));

  const read = (text, kind) => {
    const plain = text.replaceAll(/[\s\u00a0\u202f]/g, "").replace(",", ".");
    if (!/^-?\d+(\.\d+)?$/.test(plain)) return text;
    if (kind !== "money") return /^-?\d{1,15}$/.test(plain) ? Number(plain) : plain;
    const hundredths = plain.match(/^(-?\d+)(?:\.(\d{1,2}))?$/);
    return hundredths ? Number(hundredths[1] + (hundredths[2] ?? "").padEnd(2, "0")) : text;
  };
  const shown = (value, kind) => {
    if (kind !== "money" || typeof value !== "number") return String(value ?? "").replace(".", language.decimal);
    const text = value % 100 ? (value / 100).toFixed(2) : String(value / 100);
    return text.replace(".", language.decimal);
  };

  const number = (key, label, value, kind, unit, then, isShown) => labelled(label, h(
    "span", { class: "sb-with-unit" },
    h("input", {
      type: "text", inputmode: "decimal", class: "sb-number", autocomplete: "off", "data-key": key,
      value: shown(value, kind), oninput: (event) => then(read(event.target.value, kind)),
    }),
    kind === "money" ? h("span", {}, language.currency === "SEK" ? "kr" : language.currency) : unit ? h("span", {}, unit) : null,
  ), { isShown });

  const day = (key, label, value, then) => {
    const isTime = typeof value === "string" && value.length > 10;
    return labelled(label, h("input", {
      type: isTime ? "datetime-local" : "date", "data-key": key, value: isTime ? value.slice(0, 16) : value ?? "",
      oninput: (event) => then(event.target.value),
    }));
  };

  const unitChoices = (units) => units.map((one) => ({ key: one, label: language.unit_words[one] }));

  // Several controls of one value: each says its own part of what they say together now, not of what was drawn.
  const together = (told, then) => {
    let now = told;
    return (place, part) => {
      now = now.map((old, index) => (index === place ? part : old));
      then(now, false);
    };
  };

  const amount = (key, told, then, units = language.units) => {
    const [count, unit] = Array.isArray(told) ? told : [30, "day"];
    const say = together([count, unit], then);
    return [
      number(`${key}.count`, words.count, count, "number", "", (text) => say(0, text)),
      choose(`${key}.unit`, words.unit, unitChoices(units), unit, (chosen) => say(1, chosen)),
    ];
  };

  const period = (key, told, then) => choose(
    key, words.period, Object.entries(language.period_words).map(([one, label]) => ({ key: one, label })),
    (told ?? ["this", "month"]).join(" "), (text) => then({ calendar: text.split(" ") }),
  );

  // A field to search in, and what it found as buttons below; what has been chosen stands beside it.
  const picker = (key, of, detail, chosen, many, then) => {
    const list = h("ul", { class: "sb-found", hidden: true });
    let waiting;
    const take = (one) => {
      language.labels[one.key] = one.label;
      then(many ? [...new Set([...chosen, one.key])] : one.key);
    };
    const offer = async (text) => {
      const query = new URLSearchParams({ of, detail, q: text });
      const answer = await fetch(`${address}?${query}`);
      if (!answer.ok || box.value.trim() !== text) return;
      const { found } = await answer.json();
      const offers = [...found, { key: text, label: words.use_typed.replace("%s", text) }];
      list.replaceChildren(...offers.map((one) => h("li", {}, h(
        "button", { type: "button", onclick: () => take(one.key === text ? { key: text, label: found.find((hit) => hit.key === text)?.label ?? text } : one) }, one.label,
      ))));
      list.hidden = false;
    };
    const box = h("input", {
      type: "text", autocomplete: "off", "data-key": `${key}.search`, placeholder: words.search,
      oninput: (event) => {
        clearTimeout(waiting);
        const text = event.target.value.trim();
        list.hidden = true;
        if (text) waiting = setTimeout(() => offer(text), 250);
      },
      onkeydown: (event) => {
        if (event.key === "Escape") list.hidden = true;
        if (event.key === "ArrowDown" && !list.hidden) { event.preventDefault(); list.querySelector("button")?.focus(); }
        if (event.key === "Enter") { event.preventDefault(); list.querySelector("button")?.click(); }
      },
    });
    const kept = (many ? chosen : chosen === "" ? [] : [chosen]).map((one) => h(
      "button", {
        type: "button", class: "sb-chip", title: words.remove, "aria-label": `${words.remove}: ${language.labels[one] ?? one}`,
        onclick: () => then(many ? chosen.filter((other) => other !== one) : ""),
      }, language.labels[one] ?? one, h("span", { "aria-hidden": "true" }, " ×"),
    ));
    return h("span", { class: "sb-picker" }, ...kept, labelled(words.search, box), list);
  };

  const list = (key, value, told, then) => {
    if (!value.choices.length) {
      return h("span", { class: "sb-picker" }, typed(
        key, words.value, told.join(", "), (text) => then(text.split(",").map((one) => one.trim()).filter(Boolean)),
      ));
    }
    return ticks(key, words.value, value.choices, told, then);
  };

  // Some of a few, each with a box to tick; `ticked` are keys as text.
  const ticks = (key, label, choices, ticked, then) => {
    let now = ticked;
    return h("fieldset", { class: "sb-choices" }, h("legend", { class: "sb-unseen" }, label), choices.map((one) => h(
      "label", {}, h("input", {
        type: "checkbox", "data-key": `${key}.${one.key}`, checked: ticked.includes(one.key),
        onchange: (event) => {
          now = event.target.checked ? [...now, one.key] : now.filter((other) => other !== one.key);
          then(now);
        },
      }), one.label,
    )));
  };

  const time = (key, test, then) => {
    const told = test.value;
    if (test.op === "weekday") {
      const days = Object.entries(language.weekdays).map(([one, label]) => ({ key: one, label }));
      return ticks(key, words.value, days, told.map(String), (now) => then(now.map(Number).sort(), false));
    }
    if (test.op === "hour") {
      const say = together(told, then);
      return [0, 1].map((place) => number(`${key}.${place}`, place ? words.to : words.from, told[place], "number", "", (said) => say(place, said)));
    }
    if (AMOUNTS.includes(test.op)) return amount(key, told, then);
    if (test.op === "in") return windowed(key, told, then, ["last", "next", "calendar", "days"]);
    if (test.op === "between") {
      const say = together(told, then);
      return [0, 1].map((place) => day(`${key}.${place}`, place ? words.to : words.from, told[place], (text) => say(place, text)));
    }
    return day(key, words.value, told, (text) => then(text, false));
  };

  // When something happened: a window as a definition writes it.
  const windowed = (key, told, then, kinds, starts = []) => {
    const kind = !told || told === "all" ? "all" : Object.keys(told)[0];
    const first = {
      all: "all", last: { last: [90, "day"] }, next: { next: [30, "day"] }, calendar: { calendar: ["this", "month"] },
      since: { since: language.starts[0]?.key }, days: { days: [today(), today()] }, between: { between: [`${today()}T00:00`, `${today()}T23:59`] },
    };
    const parts = [choose(
      `${key}.kind`, words.window, kinds.map((one) => ({ key: one, label: language.windows[one] })), kind,
      (chosen) => then(first[chosen], true),
    )];
    if (kind === "last" || kind === "next") parts.push(...amount(key, told[kind], (said) => then({ [kind]: said }, false)));
    if (kind === "since") parts.push(choose(`${key}.since`, words.since, starts, told.since, (said) => then({ since: said }, false)));
    if (kind === "calendar") parts.push(period(`${key}.period`, told.calendar, (said) => then(said, false)));
    if (kind === "days" || kind === "between") {
      const say = together(told[kind], (said) => then({ [kind]: said }, false));
      parts.push(...[0, 1].map((place) => day(
        `${key}.${place}`, place ? words.to : words.from, told[kind][place], (text) => say(place, text),
      )));
    }
    return parts;
  };

  const one = (key, value, told, then, of, detail) => {
    if (value.kind === "yes_no") {
      const choices = [{ key: "true", label: words.yes }, { key: "false", label: words.no }];
      return choose(key, words.value, choices, String(told ?? true), (text) => then(text === "true", false));
    }
    if (isNumeric(value.kind)) return number(key, words.value, told, value.kind, value.unit, (said) => then(said, false));
    if (value.choices.length) return choose(key, words.value, value.choices, told, (said) => then(said, false));
    if (value.is_searched) return picker(key, of, detail, told ?? "", false, (said) => then(said, true));
    return typed(key, words.value, told, (said) => then(said, false));
  };

  const operand = (key, value, test, then, of, detail) => {
    if (SILENT.includes(test.op)) return [];
    if (TIMES.includes(value.kind)) return time(key, test, then);
    if (RANGES.includes(test.op)) {
      const say = together(test.value, then);
      return [0, 1].map((place) => number(
        `${key}.${place}`, place ? words.to : words.from, test.value[place], value.kind, value.unit, (said) => say(place, said),
      ));
    }
    if (!LISTED.includes(test.op)) return one(key, value, test.value, then, of, detail);
    if (value.is_searched) return picker(key, of, detail, test.value, true, (said) => then(said, true));
    return list(key, value, test.value, (said) => then(said, false));
  };

  const saidOf = (op, kind) => {
    const special = isNumeric(kind) ? language.of_numbers : TIMES.includes(kind) ? language.of_times : {};
    return special[op] ?? language.operators[op] ?? op;
  };

  // How a value is asked: its operator and what it is compared with. `test` is written into.
  const asked = (key, value, test, { of = "", detail = "", only = null } = {}) => {
    const operators = value.operators.filter((op) => !only || only(op));
    const parts = operators.length < 2 ? [] : [choose(
      `${key}.op`, words.operator, operators.map((op) => ({ key: op, label: saidOf(op, value.kind) })), test.op,
      (op) => changed(() => {
        const fits = fitted(op, value.kind, test.value);
        test.op = op;
        if (fits === undefined) delete test.value; else test.value = fits;
      }, true),
    )];
    const put = (said, isDrawn) => changed(() => { test.value = said; }, isDrawn ?? false, `${key}.value`);
    return [...parts, operand(`${key}.value`, value, test, put, of, detail)].flat();
  };

  return { asked, choose, number, typed, windowed, amount, labelled, one, ticks };
};
