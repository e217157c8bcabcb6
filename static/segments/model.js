// The conditions as a tree of nodes that can be shown, moved and denied, and the way to and from a definition.
//
// A node is {id, isDenied, kind: "all" | "any", parts} or {id, isDenied, leaf}, where the leaf is what a definition writes.
// Nothing here decides what a definition may say: the server does.

let newest = 0;
const id = () => `n${++newest}`;

export const group = (kind = "all", parts = []) => ({ id: id(), isDenied: false, kind, parts });
export const condition = (leaf) => ({ id: id(), isDenied: false, leaf });

export const fromDefinition = (definition) => {
  const root = definition ? node(definition) : group();
  return root.leaf ? { ...group("all", [root]), isBare: true } : root;
};

const node = (definition) => {
  let isDenied = false;
  while (definition && "not" in definition) {
    isDenied = !isDenied;
    definition = definition.not;
  }
  const kind = ["all", "any"].find((one) => Array.isArray(definition?.[one]));
  if (!kind) return { ...condition(structuredClone(definition)), isDenied };
  return { ...group(kind, definition[kind].map(node)), isDenied };
};

// The definition, and which node stands at each of its places, as the server names them: “all/0/not”.
export const toDefinition = (root) => {
  const places = new Map();
  const isBare = root.isBare && root.parts.length === 1 && !root.isDenied;
  return { definition: written(isBare ? root.parts[0] : root, "", places), places };
};

const written = (node, at, places) => {
  places.set(at, node.id);
  const here = node.isDenied ? join(at, "not") : at;
  places.set(here, node.id);
  const inner = node.leaf
    ? structuredClone(node.leaf)
    : { [node.kind]: node.parts.map((part, index) => written(part, join(here, node.kind, index), places)) };
  return node.isDenied ? { not: inner } : inner;
};

const join = (...parts) => parts.filter((part) => part !== "").join("/");

export const isEmpty = (root) => !root.leaf && root.parts.every((part) => !part.leaf && isEmpty(part));

export const find = (root, wanted) => {
  if (root.id === wanted) return root;
  for (const part of root.parts ?? []) {
    const found = find(part, wanted);
    if (found) return found;
  }
  return null;
};

export const parentOf = (root, wanted) => {
  for (const part of root.parts ?? []) {
    if (part.id === wanted) return root;
    const found = parentOf(part, wanted);
    if (found) return found;
  }
  return null;
};

export const renewed = (node) => ({
  ...structuredClone(node), id: id(), ...(node.parts ? { parts: node.parts.map(renewed) } : {}),
});

export const remove = (root, node) => {
  const parent = parentOf(root, node.id);
  parent.parts.splice(parent.parts.indexOf(node), 1);
};

export const duplicate = (root, node) => {
  const parent = parentOf(root, node.id);
  const copy = renewed(node);
  parent.parts.splice(parent.parts.indexOf(node) + 1, 0, copy);
  return copy;
};

// One step up or down: past a condition, into a group, and out of one at its edge. Step by step it comes everywhere.
export const move = (root, node, by) => {
  const parent = parentOf(root, node.id);
  const at = parent.parts.indexOf(node);
  const next = parent.parts[at + by];
  if (next && !next.leaf) {
    parent.parts.splice(at, 1);
    next.parts.splice(by > 0 ? 0 : next.parts.length, 0, node);
  } else if (next) {
    parent.parts.splice(at, 1);
    parent.parts.splice(at + by, 0, node);
  } else {
    const above = parentOf(root, parent.id);
    if (!above) return false;
    parent.parts.splice(at, 1);
    above.parts.splice(above.parts.indexOf(parent) + (by > 0 ? 1 : 0), 0, node);
  }
  return true;
};
