// What stands below (or, in the newer layout, makes up) a bot's message: buttons, selects, text, containers.

import { colour } from "./embed.js";
import { h, icon } from "./dom.js";
import { choicesOf, emojiElement, picker } from "./picker.js";
import { webAddress } from "./inline.js";
import { link, richText } from "./richtext.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };

/** The elements for a message's `components`. */
export function componentElements(message, { state, actions }) {
  const context = { message, state, actions, names: state.names(message) };
  return (message.components ?? []).map((component) => element(component, context)).filter(Boolean);
}

function element(component, context) {
  const inside = () => (component.components ?? []).map((child) => element(child, context));
  switch (component.type) {
    case 1:
      return h("div", { class: "component-row" }, inside());
    case 2:
      return button(component, context);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return select(component, context);
    case 9:
      return h("div", { class: "component-section" }, h("div", {}, inside()), element(component.accessory ?? {}, context));
    case 10:
      return richText(component.content, context.names);
    case 14:
      return component.divider === false ? h("div", { class: "component-gap" }) : h("hr", { class: "component-divider" });
    case 17:
      return container(component, inside());
    default: // pictures and files: a text bot's page has no place to fetch them from
      return null;
  }
}

function container(component, children) {
  const card = h("div", { class: "embed component-container" }, children);
  const edge = colour(component.accent_color);
  if (edge) card.style.setProperty("--edge", edge);
  return card;
}

function button(component, { message, state, actions }) {
  const content = [emojiElement(component.emoji), component.label && h("span", { text: component.label })];
  const className = `button button-${STYLES[component.style] ?? "secondary"}`;
  const url = component.style === 5 ? webAddress(component.url ?? "") : null;
  if (url && !component.disabled) return link(url, [content, icon("link")], { class: className });
  const busy = state.pressed.get(message.id) === component.custom_id;
  return h(
    "button",
    {
      type: "button",
      class: className,
      disabled: Boolean(component.disabled) || component.style === 5,
      "aria-label": component.label ? null : component.emoji?.name ?? "Button",
      "aria-busy": busy ? "true" : null,
      data: { customId: component.custom_id ?? "" },
      on: { click: () => actions.component(message, component) },
    },
    content,
  );
}

function select(component, { message, state, actions }) {
  return picker({
    component,
    choices: choicesOf(component, state),
    busy: state.pressed.get(message.id) === component.custom_id,
    onCommit: (values) => actions.component(message, component, values),
  });
}
