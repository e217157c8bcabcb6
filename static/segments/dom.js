// Elements, made by name: h("label", {class: "sb-label"}, "Value", input).
export const h = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

export const select = (attributes, choices, chosen) => {
  const element = h("select", attributes, choices.map(({ key, label, choices: inner }) => (
    inner
      ? h("optgroup", { label }, inner.map((one) => h("option", { value: one.key }, one.label)))
      : h("option", { value: key }, label)
  )));
  const known = [...element.options].some((option) => option.value === chosen);
  if (!known && chosen !== undefined && chosen !== "") element.append(h("option", { value: chosen }, chosen));
  element.value = chosen ?? element.options[0]?.value ?? "";
  return element;
};
