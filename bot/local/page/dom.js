// Build elements by hand: text only ever becomes text, there is no way in for markup.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6 6 18",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  apps: "M5 5h6v6H5zM13 5h6v6h-6zM5 13h6v6H5zM16 13v6M13 16h6",
  next: "M9 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  check: "M5 12.5 10 17.5 19.5 7",
  send: "M4 12 20 4l-5 16-4-7zM11 13l9-9",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  auto: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  slash: "M15 4 9 20",
  link: "M14 5h5v5M19 5l-8 8M11 6H5v13h13v-6",
  quotes: "M4 17c0-5 2.2-8.3 6.4-9.6l.9 2.1C9.2 10.4 8.2 11.6 8 13h3.3v6H4zM13.2 17c0-5 2.2-8.3 6.4-9.6l.9 2.1c-2.1.9-3.1 2.1-3.3 3.5h3.3v6h-7.3z",
  at: "M16 12a4 4 0 1 0-1.2 2.9M16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.6 7.2",
  shield: "M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6z",
};

/**
 * An element with attributes, listeners and children.
 * `props`: `class`, `text`, `on: {event: handler}`, `data: {name: value}`, anything else is an attribute
 * (true sets it empty, false/null/undefined leaves it out). Children: nodes, strings, lists, or nothing.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A line drawing by name, hidden from screen readers: its button carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon; `label` is its name and its tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...props }, icon(name));
}

let lastId = 0;

/** An element id that is not in use yet, for aria references. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** Where a popover goes: below `anchor`, above where there is no room, always inside the window. */
export function placeNear(popup, anchor, { matchWidth = false } = {}) {
  const gap = 4;
  const box = anchor.getBoundingClientRect();
  if (matchWidth) popup.style.setProperty("width", `${Math.min(box.width, window.innerWidth - 2 * gap)}px`);
  const { width, height } = popup.getBoundingClientRect();
  const below = box.bottom + gap + height <= window.innerHeight;
  const top = below ? box.bottom + gap : Math.max(gap, box.top - gap - height);
  const left = Math.min(Math.max(gap, box.left), Math.max(gap, window.innerWidth - width - gap));
  popup.style.setProperty("top", `${top}px`);
  popup.style.setProperty("left", `${left}px`);
}
