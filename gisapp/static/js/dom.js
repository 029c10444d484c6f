// Small ways to build the page. Text always goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: el("p", {class: "note"}, "text", child). Functions become listeners. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** One of the icons the page carries in its sprite. */
export function icon(name) {
  const drawing = svg("svg", { class: "icon", "aria-hidden": "true" });
  drawing.append(svg("use", { href: `#i-${name}` }));
  return drawing;
}

/** Put a length or a place on an element without an inline style attribute (the policy forbids it). */
export function styled(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Say `text` politely to a screen reader, one thing at a time. */
export function announce(text) {
  byId("spoken").textContent = text;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}
