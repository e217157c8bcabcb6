// One condition of each kind, drawn from the language. A leaf is what a definition writes, and is changed in place.
import { h } from "./dom.js";
import { firstTest, isNumeric, values } from "./controls.js";

const COUNTED = (language) => ({ kind: "number", unit: "", choices: [], operators: language.kinds.number });
const EDGES = ["first", "last"];
const TOLD_APART = ["count_distinct", ...EDGES];

export const kindOf = (leaf) => {
  if ("field" in leaf && !("agg" in leaf)) return "field";
  if ("agg" in leaf || "first" in leaf || "last" in leaf) return "fact";
  return ["ratio", "recurring", "segment", "top", "bucket"].find((kind) => kind in leaf) ?? "sequence";
};

// All that can be added, as groups of choices, and the leaf that each begins with.
export const addable = (language, segments) => {
  const [order, back] = [language.facts.find((fact) => fact.key === "order") ?? language.facts[0], language.facts[1]];
  const starts = {
    ratio: () => ({ ratio: [(back ?? order).key, order.key], min_den: 1, op: "gte", value: "0.1" }),
    sequence: () => ({ did: order.key, then_not: order.key, mode: "since_last" }),
    recurring: () => ({ recurring: language.dates[0].key, in: [0, 7] }),
    segment: () => ({ segment: segments[0].key }),
    top: () => ({ top: { agg: "count", of: order.key }, percent: 10 }),
    bucket: () => ({ bucket: ["draw", 0, 1000] }),
  };
  const others = Object.keys(starts).filter((key) => key !== "segment" || segments.length);
  return {
    choices: [
      { label: language.words.about_facts, choices: language.facts.map(({ key, label }) => ({ key: `fact ${key}`, label })) },
      { label: language.words.about_member, choices: language.fields.map(({ key, label }) => ({ key: `field ${key}`, label })) },
      { label: language.words.about_others, choices: others.map((key) => ({ key, label: language.leaves[key] })) },
    ],
    start: (chosen) => {
      const [kind, key] = chosen.split(" ");
      if (kind === "fact") return { agg: "count", of: key, op: "gte", value: 1 };
      return kind === "field" ? startOfField(language.fields.find((one) => one.key === key)) : starts[kind]();
    },
  };
};

const startOfField = (field) => {
  const told = Object.fromEntries(field.needs.map((one) => [one.key, one.choices[0]?.key ?? ""]));
  return { field: field.key, ...(field.needs.length ? { with: told } : {}), ...firstTest(field) };
};

export const conditions = ({ language, segments, changed, address }) => {
  const words = language.words;
  const { asked, choose, number, typed, windowed, amount, one, ticks } = values(language, changed, address);
  const named = (found) => found.map(({ key, label }) => ({ key, label }));
  const factOf = (key) => language.facts.find((fact) => fact.key === key) ?? { key, label: key, measures: [], where: [], same: [] };
  const startsOf = (fact) => language.starts.filter((one) => one.is_of_account || !fact.is_of_account);
  const windows = (fact) => [
    "all", "last", ...(fact.is_ahead ? ["next"] : []), "calendar", "days", ...(!fact.is_ahead && startsOf(fact).length ? ["since"] : []),
  ];

  const put = (leaf, key, value) => {
    if (value === undefined) delete leaf[key]; else leaf[key] = value;
  };

  const when = (id, leaf, fact) => h("span", { class: "sb-part" }, windowed(
    `${id}.window`, leaf.window, (told, isDrawn) => changed(() => put(leaf, "window", told === "all" ? undefined : told), isDrawn ?? false, `${id}.window`),
    [...windows(fact), ...(leaf.window?.between ? ["between"] : [])], startsOf(fact),
  ));

  // What facts are narrowed by: a line for each, and a menu to add one.
  const narrowed = (id, leaf, fact) => {
    const lines = Object.entries(leaf.where ?? {}).map(([name, told]) => {
      const detail = fact.where.find((found) => found.key === name);
      if (!detail) return null;
      const test = Array.isArray(told) ? { op: "in", value: told }
        : told !== null && typeof told === "object" ? told : { op: "eq", value: told };
      leaf.where[name] = test;
      return h(
        "div", { class: "sb-line", role: "group", "aria-label": `${words.where} ${detail.label}` },
        h("span", {}, `${words.where} ${detail.label}`),
        asked(`${id}.where.${name}`, detail, test, { of: fact.key, detail: name }),
        h("button", {
          type: "button", class: "sb-icon", title: words.remove, "aria-label": `${words.remove}: ${detail.label}`,
          onclick: () => changed(() => {
            delete leaf.where[name];
            if (!Object.keys(leaf.where).length) delete leaf.where;
          }, true),
        }, "×"),
      );
    });
    const free = fact.where.filter((detail) => !(detail.key in (leaf.where ?? {})));
    const menu = free.length ? choose(
      `${id}.narrow`, words.narrow_by, [{ key: "", label: `${words.narrow} …` }, ...named(free)], "",
      (name) => name && changed(() => {
        leaf.where = { ...leaf.where, [name]: firstTest(free.find((detail) => detail.key === name)) };
      }, true),
    ) : null;
    return [...lines, menu && h("div", { class: "sb-line" }, menu)];
  };

  const facts = (key, label, chosen, then, known = language.facts) => choose(key, label, named(known), chosen, then);

  // Another kind of fact knows other details; what both know stays.
  const changedFact = (leaf, name, key) => {
    const fact = factOf(key);
    leaf[name] = key;
    const kept = Object.entries(leaf.where ?? {}).filter(([detail]) => fact.where.some((found) => found.key === detail));
    put(leaf, "where", kept.length ? Object.fromEntries(kept) : undefined);
    if (leaf.window && !windows(fact).includes(Object.keys(leaf.window)[0])) delete leaf.window;
    if (leaf.field && !fact.measures.some((found) => found.key === leaf.field)) measured(leaf, "count", fact);
  };

  const measured = (leaf, agg, fact) => {
    const able = ableOf(agg, fact);
    put(leaf, "field", agg === "count" ? undefined : able.some((found) => found.key === leaf.field) ? leaf.field : able[0].key);
    leaf.agg = agg;
  };

  const ableOf = (agg, fact) => fact.measures.filter((one) => TOLD_APART.includes(agg) || isNumeric(one.kind));
  const aggregates = (fact, only = language.aggregates) => only.filter((agg) => agg === "count" || ableOf(agg, fact).length)
    .map((agg) => ({ key: agg, label: language.aggregate_words[agg] }));

  const unitOf = (leaf, fact) => {
    const measure = fact.measures.find((found) => found.key === leaf.field);
    return leaf.agg?.startsWith("count") || !measure ? COUNTED(language) : { ...measure, is_searched: false };
  };

  const fieldOf = (id, leaf, fact) => (leaf.agg === "count" ? null : choose(
    `${id}.measure`, words.of, named(ableOf(leaf.agg, fact)), leaf.field, (key) => changed(() => {
      const before = unitOf(leaf, fact).kind;
      leaf.field = key;
      if ("value" in leaf && unitOf(leaf, fact).kind !== before) Object.assign(leaf, firstTest(unitOf(leaf, fact)));
    }, true),
  ));

  const fact = (id, leaf) => {
    const edge = "agg" in leaf ? undefined : EDGES.find((which) => which in leaf);
    const name = edge ?? "of";
    const chosen = factOf(leaf[name]);
    const choices = [...aggregates(chosen), ...EDGES.map((which) => ({ key: `when_${which}`, label: language.aggregate_words[`when_${which}`] }))];
    const become = (what) => changed(() => {
      const { where, window } = leaf;
      for (const key of Object.keys(leaf)) delete leaf[key];
      if (what.startsWith("when_")) Object.assign(leaf, { [what.replace("when_", "")]: chosen.key, op: "at_least_ago", value: [90, "day"] });
      else {
        Object.assign(leaf, { of: chosen.key });
        measured(leaf, what, chosen);
        Object.assign(leaf, firstTest(unitOf(leaf, chosen)));
      }
      if (where) leaf.where = where;
      if (window) leaf.window = window;
    }, true);
    const unit = edge ? { kind: "moment", operators: language.kinds.moment.filter((op) => !["set", "not_set"].includes(op)), choices: [] } : unitOf(leaf, chosen);
    return [
      h("div", { class: "sb-line" },
        choose(`${id}.agg`, words.measure, choices, edge ? `when_${edge}` : leaf.agg, become), edge ? null : fieldOf(id, leaf, chosen),
        facts(`${id}.of`, words.of, chosen.key, (key) => changed(() => changedFact(leaf, name, key), true)),
        when(id, leaf, chosen)),
      narrowed(id, leaf, chosen),
      h("div", { class: "sb-line" }, asked(`${id}.test`, unit, leaf, { only: (op) => !["set", "not_set"].includes(op) })),
    ];
  };

  const field = (id, leaf) => {
    const chosen = language.fields.find((found) => found.key === leaf.field);
    if (!chosen) return h("p", {}, leaf.field);
    const told = [...chosen.needs, ...chosen.takes].map((parameter) => {
      const isNeeded = chosen.needs.includes(parameter);
      const choices = isNeeded ? parameter.choices : [{ key: "", label: words.any_choice }, ...parameter.choices];
      const say = (text) => changed(() => {
        leaf.with = { ...leaf.with, [parameter.key]: text };
        if (!isNeeded && text === "") delete leaf.with[parameter.key];
        if (!Object.keys(leaf.with).length) delete leaf.with;
      }, false, `${id}.${parameter.key}`);
      const value = { ...parameter, choices };
      return h("span", { class: "sb-part" }, h("span", {}, `${parameter.label}:`), one(
        `${id}.with.${parameter.key}`, value, leaf.with?.[parameter.key] ?? "", say, "", "",
      ));
    });
    return [
      h("div", { class: "sb-line" },
        choose(`${id}.field`, words.field, named(language.fields), leaf.field, (key) => changed(() => {
          for (const old of Object.keys(leaf)) delete leaf[old];
          Object.assign(leaf, startOfField(language.fields.find((found) => found.key === key)));
        }, true)),
        told, asked(`${id}.test`, chosen, leaf, { detail: leaf.field })),
      chosen.help ? h("p", { class: "sb-help" }, chosen.help) : null,
    ];
  };

  const share = (id, leaf) => {
    const able = ["count", "sum", "count_distinct"];
    const part = (place, label) => {
      const told = leaf.ratio[place];
      const inner = typeof told === "string" ? { agg: "count", of: told } : { ...told, agg: told.agg ?? "count" };
      const chosen = factOf(inner.of);
      const say = (change) => changed(() => {
        change(inner);
        leaf.ratio[place] = inner.agg === "count" ? inner.of : inner;
        keepShared(leaf);
      }, true);
      return h("div", { class: "sb-line", role: "group", "aria-label": label },
        h("span", {}, label),
        choose(`${id}.${place}.agg`, words.measure, aggregates(chosen, able), inner.agg, (agg) => say(() => measured(inner, agg, chosen))),
        inner.agg === "count" ? null : choose(`${id}.${place}.field`, words.of, named(ableOf(inner.agg, chosen)), inner.field, (key) => say(() => { inner.field = key; })),
        facts(`${id}.${place}.of`, words.of, inner.of, (key) => say(() => changedFact(inner, "of", key))));
    };
    return [
      part(0, words.above), part(1, words.below),
      h("div", { class: "sb-line" }, when(id, leaf, factOf(""))), narrowed(id, leaf, sharedOf(leaf)),
      h("div", { class: "sb-line" },
        number(`${id}.least`, words.least, leaf.min_den ?? 1, "number", "", (told) => changed(() => { leaf.min_den = told; }, false, `${id}.least`), true)),
      h("div", { class: "sb-line" }, asked(`${id}.test`, COUNTED(language), leaf)),
    ];
  };

  // Both parts of a share are narrowed by the same, so only what both know can narrow them.
  const sharedOf = (leaf) => {
    const [above, below] = leaf.ratio.map((told) => factOf(typeof told === "string" ? told : told.of));
    return { ...below, where: below.where.filter((one) => above.where.some((other) => other.key === one.key)) };
  };
  const keepShared = (leaf) => {
    const known = sharedOf(leaf).where.map((one) => one.key);
    const kept = Object.entries(leaf.where ?? {}).filter(([name]) => known.includes(name));
    put(leaf, "where", kept.length ? Object.fromEntries(kept) : undefined);
  };

  const sequence = (id, leaf) => {
    const part = (name, label) => {
      const told = typeof leaf[name] === "string" ? { of: leaf[name] } : leaf[name];
      leaf[name] = told;
      const chosen = factOf(told.of);
      return h("fieldset", { class: "sb-facts" }, h("legend", {}, label),
        h("div", { class: "sb-line" },
          facts(`${id}.${name}`, words.of, told.of, (key) => changed(() => {
            changedFact(told, "of", key);
            keepCommon(leaf);
          }, true)),
          when(`${id}.${name}`, told, chosen)),
        narrowed(`${id}.${name}`, told, chosen));
    };
    const then = thenOf(leaf);
    const common = commonOf(leaf);
    const within = h("span", { class: "sb-part" },
      h("label", { class: "sb-tick" }, h("input", {
        type: "checkbox", checked: Boolean(leaf.within), "data-key": `${id}.limited`, disabled: leaf.mode === "each_within",
        onchange: (event) => changed(() => put(leaf, "within", event.target.checked ? [30, "day"] : undefined), true),
      }), words.within),
      leaf.within ? amount(`${id}.within`, leaf.within, (told) => changed(() => { leaf.within = told; }, false, `${id}.within`), ["minute", "hour", "day", "week"]) : null);
    return [
      part("did", words.did),
      h("div", { class: "sb-line" }, choose(`${id}.followed`, words.followed, Object.entries(language.followed).map(([key, label]) => ({ key, label })), then, (key) => changed(() => {
        leaf[key] = leaf[then];
        delete leaf[then];
      }, true))),
      part(then, language.followed[then]),
      h("div", { class: "sb-line" },
        choose(`${id}.mode`, words.mode, Object.entries(language.modes).map(([key, label]) => ({ key, label })), leaf.mode ?? "since_last", (mode) => changed(() => {
          leaf.mode = mode;
          if (mode === "each_within") leaf.within ??= [30, "day"];
        }, true)), within),
      common.length ? h("fieldset", { class: "sb-choices" }, h("legend", {}, words.same), common.map((one) => h("label", {}, h("input", {
        type: "checkbox", "data-key": `${id}.same.${one.key}`, checked: (leaf.same ?? []).includes(one.key),
        onchange: (event) => changed(() => {
          const same = (leaf.same ?? []).filter((other) => other !== one.key);
          if (event.target.checked) same.push(one.key);
          put(leaf, "same", same.length ? same : undefined);
        }, false),
      }), one.label))) : null,
    ];
  };

  const thenOf = (leaf) => ("then" in leaf ? "then" : "then_not");
  const commonOf = (leaf) => {
    const [did, other] = ["did", thenOf(leaf)].map((name) => factOf(leaf[name].of ?? leaf[name]));
    return did.same.filter((one) => other.same.some((found) => found.key === one.key));
  };
  const keepCommon = (leaf) => {
    const known = commonOf(leaf).map((one) => one.key);
    const same = (leaf.same ?? []).filter((name) => known.includes(name));
    put(leaf, "same", same.length ? same : undefined);
  };

  const recurring = (id, leaf) => {
    const how = "in_month" in leaf ? "in_month" : "in";
    return [
      h("div", { class: "sb-line" },
        choose(`${id}.date`, words.date, language.dates, leaf.recurring, (key) => changed(() => { leaf.recurring = key; }, false)),
        choose(`${id}.how`, words.returns, Object.entries(language.recurring_words).map(([key, label]) => ({ key, label })), how, (key) => changed(() => {
          for (const old of ["in", "in_month", "number"]) delete leaf[old];
          leaf[key] = key === "in" ? [0, 7] : ["this"];
        }, true))),
      how === "in" ? returning(id, leaf) : monthly(id, leaf),
    ];
  };

  const monthly = (id, leaf) => {
    const months = Object.entries(language.months).map(([key, label]) => ({ key, label }));
    const ticked = (Array.isArray(leaf.in_month) ? leaf.in_month : [leaf.in_month]).map(String);
    return ticks(`${id}.months`, words.value, months, ticked, (now) => changed(() => {
      leaf.in_month = now.map((one) => (/^\d+$/.test(one) ? Number(one) : one));
    }, false, `${id}.months`));
  };

  const returning = (id, leaf) => h("div", { class: "sb-line" },
    [words.days_from, words.days_to].map((label, place) => number(
      `${id}.in.${place}`, label, (leaf.in ?? [0, 0])[place], "number", language.unit_words.day,
      (told) => changed(() => { leaf.in = (leaf.in ?? [0, 0]).map((old, index) => (index === place ? told : old)); }, false, `${id}.in`), true,
    )),
    number(`${id}.number`, words.number, leaf.number ?? 0, "number", "", (told) => changed(() => put(leaf, "number", told === 0 ? undefined : told), false, `${id}.number`), true));

  const segment = (id, leaf) => h("div", { class: "sb-line" }, choose(
    `${id}.segment`, words.segment, segments, leaf.segment, (key) => changed(() => { leaf.segment = key; }, false),
  ));

  const top = (id, leaf) => {
    const inner = leaf.top;
    const chosen = factOf(inner.of);
    return [
      h("div", { class: "sb-line" },
        number(`${id}.percent`, words.percent, leaf.percent, "number", "%", (told) => changed(() => { leaf.percent = told; }, false, `${id}.percent`), true)),
      h("div", { class: "sb-line" }, h("span", {}, words.by),
        choose(`${id}.agg`, words.measure, aggregates(chosen), inner.agg, (agg) => changed(() => measured(inner, agg, chosen), true)),
        fieldOf(id, inner, chosen),
        facts(`${id}.of`, words.of, inner.of, (key) => changed(() => changedFact(inner, "of", key), true)),
        when(id, inner, chosen)),
      narrowed(id, inner, chosen),
    ];
  };

  const bucket = (id, leaf) => h("div", { class: "sb-line" },
    typed(`${id}.salt`, words.salt, leaf.bucket[0], (text) => changed(() => { leaf.bucket[0] = text; }, false, `${id}.salt`)),
    [words.low, words.high].map((label, place) => number(
      `${id}.${place}`, label, leaf.bucket[place + 1], "number", "", (told) => changed(() => { leaf.bucket[place + 1] = told; }, false, `${id}.${place}`), true,
    )));

  const draw = { field, fact, ratio: share, sequence, recurring, segment, top, bucket };
  return (node) => draw[kindOf(node.leaf)](node.id, node.leaf);
};
