// Building blocks of the views. Data is inserted as text and never becomes markup.

// Make an element: `set` are its properties, `children` are nodes and strings.
export function element(tag, set = {}, ...children) {
  const node = Object.assign(document.createElement(tag), set);
  node.append(...children);
  return node;
}

// Copy a template of the page.
export function template(id) {
  return document.getElementById(id).content.cloneNode(true);
}

// Make a labelled input, as the templates have them.
export function field(label, name, set = {}) {
  return element("label", {}, `${label} `, element("input", { name, autocomplete: "off", ...set }));
}

// Fill a description list with pairs of a term and its description.
export function describe(list, pairs) {
  const rows = ([term, ...details]) => [element("dt", {}, term), element("dd", {}, ...details)];
  list.replaceChildren(...pairs.flatMap(rows));
}

const views = new Map();

// Register a function that fills a view once its template is on the page.
export function defineView(name, fill) {
  views.set(name, fill);
}

// Replace the view. The heading gets the focus, so that a screen reader reads it.
export function show(name, data = {}) {
  const main = document.querySelector("main");
  main.replaceChildren(template(name));
  main.dataset.view = name;
  views.get(name)(main, data);
  main.querySelector("h2").focus();
}
