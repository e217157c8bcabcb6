// The builder: conditions written by clicking. The server says what they mean, whether they hold, and whom they find.
import { asker, debounced, isCalledOff } from "./asking.js";
import { addable, conditions, kindOf } from "./conditions.js";
import { h, select } from "./dom.js";
import * as model from "./model.js";
import { showMembers, showWhy } from "./outcome.js";
import { sliders } from "./sliders.js";

const TYPING = 1000;
const MOST_UNDOS = 200;

const start = (form) => {
  const facts = JSON.parse(document.getElementById("builder-facts").textContent);
  const { language, segments, addresses } = facts;
  const words = language.words;
  language.labels = facts.labels ?? {};
  const token = form.elements.csrfmiddlewaretoken.value;
  const part = (name) => form.querySelector(`[data-part=${name}]`);
  const asking = {
    read: asker(addresses.read, token), count: asker(addresses.count, token), why: asker(addresses.why, token),
  };

  let root = model.fromDefinition(facts.definition);
  let places = new Map();
  const past = [], future = [];
  let lastKey = "", lastAt = 0;

  // Every change goes through here. Typing on in one control is one step back, not one for each letter.
  const changed = (change, isDrawn = true, key = "") => {
    const before = structuredClone(root);
    change();
    const isSameTyping = key && key === lastKey && Date.now() - lastAt < TYPING;
    [lastKey, lastAt] = [key, Date.now()];
    if (!isSameTyping) past.push(before);
    if (past.length > MOST_UNDOS) past.shift();
    future.length = 0;
    onChange();
    if (isDrawn) draw();
    refresh();
  };
  let onChange = () => {};

  const travel = (from, to, said) => {
    if (!from.length) return;
    to.push(structuredClone(root));
    root = from.pop();
    lastKey = "";
    draw();
    refresh();
    announce(said);
  };
  const undo = () => travel(past, future, words.undone);
  const redo = () => travel(future, past, words.redone);
  const announce = (text) => { part("announced").textContent = text; };

  const menu = addable(language, segments);
  const drawLeaf = conditions({ language, segments, changed, address: addresses.search });

  const tool = (label, sign, act, name, isOff = false) => h("button", {
    type: "button", class: "sb-icon", title: label, "aria-label": `${label}: ${name}`, disabled: isOff, onclick: act,
    "data-tool": sign,
  }, h("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, sign));

  const focusOn = (id) => {
    const card = form.querySelector(`[data-node=${id}]`);
    (card?.querySelector(".sb-line :is(select, input), select") ?? card)?.focus();
  };

  const tools = (node, name) => {
    const moved = (by) => {
      changed(() => model.move(root, node, by));
      form.querySelector(`[data-node=${node.id}] [data-tool=arrow_${by < 0 ? "upward" : "downward"}]`)?.focus();
      announce(words.moved);
    };
    return h("span", { class: "sb-tools" },
      tool(words.up, "arrow_upward", () => moved(-1), name), tool(words.down, "arrow_downward", () => moved(1), name),
      tool(words.duplicate, "content_copy", () => {
        let copy;
        changed(() => { copy = model.duplicate(root, node); });
        focusOn(copy.id);
        announce(words.copied);
      }, name),
      tool(words.remove, "delete", () => {
        const parent = model.parentOf(root, node.id);
        changed(() => model.remove(root, node));
        form.querySelector(`[data-node=${parent.id}] > .sb-adding select`)?.focus();
        announce(words.removed);
      }, name));
  };

  const nameOf = (leaf) => {
    const kind = kindOf(leaf);
    if (kind === "field") return language.fields.find((one) => one.key === leaf.field)?.label ?? leaf.field;
    if (kind !== "fact") return language.leaves[kind];
    const key = leaf.of ?? leaf.first ?? leaf.last;
    return language.facts.find((one) => one.key === key)?.label ?? key;
  };

  const drawCondition = (node) => {
    const name = nameOf(node.leaf);
    return h("fieldset", { class: "sb-condition", "data-node": node.id },
      h("legend", { class: "sb-name" }, name),
      h("div", { class: "sb-head" },
        h("label", { class: "sb-tick" }, h("input", {
          type: "checkbox", checked: node.isDenied, "data-key": `${node.id}.denied`,
          onchange: (event) => changed(() => { node.isDenied = event.target.checked; }, false),
        }), words.is_denied),
        tools(node, name)),
      drawLeaf(node), h("p", { class: "sb-mistake", role: "alert", hidden: true }));
  };

  const adding = (node) => h("div", { class: "sb-adding" },
    h("label", { class: "sb-control" }, h("span", { class: "sb-unseen" }, words.choose_condition), select({
      "data-key": `${node.id}.add`, onchange: (event) => {
        if (!event.target.value) return;
        const fresh = model.condition(menu.start(event.target.value));
        changed(() => node.parts.push(fresh));
        focusOn(fresh.id);
      },
    }, [{ key: "", label: `+ ${words.add_condition} …` }, ...menu.choices], "")),
    h("button", {
      type: "button", class: "wb-button", "data-key": `${node.id}.group`, onclick: () => {
        const fresh = model.group(node.kind === "all" ? "any" : "all");
        changed(() => node.parts.push(fresh));
        focusOn(fresh.id);
      },
    }, `+ ${words.add_group}`));

  const drawGroup = (node, isRoot = false) => h("fieldset", { class: "sb-group", "data-node": node.id },
    h("legend", { class: "sb-unseen" }, words.group),
    h("div", { class: "sb-head" },
      h("label", { class: "sb-control" }, h("span", { class: "sb-unseen" }, words.group_holds), select({
        "data-key": `${node.id}.kind`, class: "sb-kind", onchange: (event) => changed(() => {
          node.isDenied = event.target.value.startsWith("not ");
          node.kind = event.target.value.replace("not ", "");
        }, false),
      }, Object.entries(language.groups).map(([key, label]) => ({ key, label })), `${node.isDenied ? "not " : ""}${node.kind}`)),
      isRoot ? null : tools(node, words.group)),
    node.parts.length ? node.parts.map((one) => (one.leaf ? drawCondition(one) : drawGroup(one)))
      : h("p", { class: "sb-help" }, words.empty_group),
    h("p", { class: "sb-mistake", role: "alert", hidden: true }), adding(node));

  const draw = () => {
    const focused = document.activeElement?.dataset?.key;
    part("conditions").replaceChildren(drawGroup(root, true));
    if (focused) form.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    part("undo").disabled = !past.length;
    part("redo").disabled = !future.length;
  };

  const showMistakes = (errors) => {
    for (const line of form.querySelectorAll(".sb-mistake")) line.hidden = true;
    for (const card of form.querySelectorAll(".sb-wrong")) card.classList.remove("sb-wrong");
    for (const { place, text } of errors) {
      const steps = place ? place.split("/") : [];
      while (steps.length && !places.has(steps.join("/"))) steps.pop();
      const card = form.querySelector(`[data-node=${places.get(steps.join("/")) ?? root.id}]`) ?? form.querySelector("[data-node]");
      const line = card.querySelector(":scope > .sb-mistake");
      line.textContent = text;
      line.hidden = false;
      card.classList.add("sb-wrong");
    }
  };

  const told = () => {
    const found = model.toDefinition(root);
    places = found.places;
    return { definition: found.definition, key: form.dataset.key };
  };

  let clock;
  const showCount = (text, note = "") => {
    part("count").textContent = text;
    part("took").textContent = note;
  };
  const showClock = () => {
    const began = Date.now();
    const tick = () => { part("took").textContent = words.counting.replace("%s", Math.round((Date.now() - began) / 1000)); };
    clearInterval(clock);
    tick();
    clock = setInterval(tick, 1000);
  };

  const count = async (definition) => {
    showClock();
    const found = await asking.count(definition);
    if (!found) return;
    clearInterval(clock);
    if (found.errors.length) return;
    showCount(found.text, found.took ?? "");
    showMembers(part("members"), found.members);
  };

  const settle = async () => {
    const definition = told();
    part("definition").value = JSON.stringify(definition.definition);
    part("undo").disabled = !past.length;
    part("redo").disabled = !future.length;
    try {
      const found = await asking.read(definition);
      if (!found) return;
      showMistakes(found.errors);
      if (found.errors.length) {
        clearInterval(clock);
        showCount("–");
        part("sentence").textContent = found.errors[0].text;
        showMembers(part("members"), null);
        return;
      }
      part("sentence").textContent = found.sentence;
      await count(definition);
    } catch (error) {
      if (isCalledOff(error)) return;
      clearInterval(clock);
      showCount("–", words.failed);
    }
  };

  const later = debounced(settle, 350);
  const refresh = () => {
    part("definition").value = JSON.stringify(told().definition);
    asking.read.callOff();
    asking.count.callOff();
    clearInterval(clock);
    if (!model.isEmpty(root)) return later();
    showMistakes([]);
    showCount("–");
    part("sentence").textContent = words.nothing_asked;
  };

  part("undo").addEventListener("click", undo);
  part("redo").addEventListener("click", redo);
  form.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input[type=text], input[type=date], input[type=datetime-local]");
    if (event.key === "Enter" && isTyping && event.target.closest("[data-part=conditions]")) event.preventDefault();
    if (isTyping || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    (event.shiftKey ? redo : undo)();
  });
  part("why")?.addEventListener("click", async () => {
    const member = part("who").value;
    try {
      showWhy(part("reasons"), await asking.why({ ...told(), member }));
    } catch (error) {
      if (!isCalledOff(error)) part("reasons").textContent = words.failed;
    }
  });
  part("who")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    part("why").click();
  });

  const panel = form.querySelector("[data-sliders]");
  if (panel) {
    onChange = sliders(panel, { words, addresses, language, put: (definition) => {
      past.push(structuredClone(root));
      root = model.fromDefinition(definition);
      draw();
      refresh();
    } });
  }

  for (const shown of form.querySelectorAll("[data-scripted]")) shown.hidden = false;
  for (const plain of form.querySelectorAll("[data-unscripted]")) plain.hidden = true;
  draw();
  refresh();
};

const form = document.querySelector("form[data-builder]");
if (form) start(form);
