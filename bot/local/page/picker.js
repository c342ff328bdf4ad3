// A select: a button with a list below it, as messages and modals use it.

import { freshId, h, icon, placeNear } from "./dom.js";
import { displayName } from "./state.js";

/** What can be chosen in a select of any kind, as {value, label, description, emoji, chosen}. */
export function choicesOf(component, state) {
  const preset = new Set((component.default_values ?? []).map((value) => value.id));
  const people = () => [...state.users.values()].map((user) => ({ value: user.id, label: displayName(user), description: user.bot ? "App" : "" }));
  const roles = () => [...state.roles.values()].map((role) => ({ value: role.id, label: `@${role.name}` }));
  const channels = () => state.channels.filter((channel) => channel.type === 0).map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
  const byType = { 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels };
  const choices = component.type === 3 ? component.options ?? [] : byType[component.type]?.() ?? [];
  return choices.map((choice) => ({ ...choice, chosen: Boolean(choice.default) || preset.has(choice.value) }));
}

/** Discord's emoji of a button or option: the character itself, or the name of one of a server's own. */
export function emojiElement(emoji) {
  if (!emoji?.name) return null;
  return h("span", { class: "emoji", "aria-hidden": "true", text: emoji.id ? `:${emoji.name}:` : emoji.name });
}

/**
 * A select's element. `onCommit(values)` when a choice is final: at once for a single one, on closing
 * the list for several. In a modal (`live`) every change counts.
 */
export function picker({ component, choices, label, labelledBy, busy = false, live = false, onCommit }) {
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  const several = most > 1;
  const chosen = new Set(choices.filter((choice) => choice.chosen).map((choice) => choice.value));
  const listId = freshId("picker");
  const placeholder = component.placeholder || "Make a selection";
  const text = h("span", { class: "picker-text" });
  const button = h(
    "button",
    {
      type: "button",
      class: "picker",
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-label": labelledBy ? null : label ?? placeholder,
      "aria-labelledby": labelledBy,
      "aria-busy": busy ? "true" : null,
      disabled: component.disabled,
      data: { customId: component.custom_id },
    },
    text,
    icon("down"),
  );
  const popup = h("div", { class: "picker-list", id: listId, role: "listbox", popover: "auto", "aria-label": label ?? placeholder, "aria-multiselectable": several ? "true" : null });
  const options = choices.map((choice, index) => optionElement(choice, `${listId}-${index}`, several));
  popup.append(...options);
  if (!choices.length) popup.append(h("div", { class: "picker-empty", text: "Nothing to choose from" }));
  let active = -1;
  let before = "";

  const paint = () => {
    const labels = choices.filter((choice) => chosen.has(choice.value)).map((choice) => choice.label);
    text.textContent = labels.length ? labels.join(", ") : placeholder;
    text.classList.toggle("placeholder", labels.length === 0);
    options.forEach((option, index) => option.setAttribute("aria-selected", String(chosen.has(choices[index].value))));
  };
  const activate = (index) => {
    options[active]?.classList.remove("active");
    active = Math.max(-1, Math.min(options.length - 1, index));
    options[active]?.classList.add("active");
    options[active]?.scrollIntoView({ block: "nearest" });
    if (active >= 0) button.setAttribute("aria-activedescendant", options[active].id);
    else button.removeAttribute("aria-activedescendant");
  };
  const snapshot = () => [...chosen].sort().join("\n");
  const isOpen = () => popup.matches(":popover-open");
  const open = () => {
    if (busy || component.disabled) return;
    before = snapshot();
    popup.showPopover();
    placeNear(popup, button, { matchWidth: true });
    activate(Math.max(0, choices.findIndex((choice) => chosen.has(choice.value))));
  };
  const values = () => choices.map((choice) => choice.value).filter((value) => chosen.has(value));
  const take = (index) => {
    const choice = choices[index];
    if (!choice) return;
    if (!several) {
      const again = chosen.has(choice.value);
      chosen.clear();
      if (!(again && least === 0)) chosen.add(choice.value);
      paint();
      popup.hidePopover();
      onCommit(values());
      return;
    }
    if (chosen.has(choice.value)) chosen.delete(choice.value);
    else if (chosen.size < most) chosen.add(choice.value);
    paint();
    if (live) onCommit(values());
  };

  popup.addEventListener("toggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") return;
    activate(-1);
    if (several && !live && snapshot() !== before && chosen.size >= least) onCommit(values());
  });
  // focus stays on the button, so that a press in the list does not take it away
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  options.forEach((option, index) => {
    option.addEventListener("click", () => take(index));
    option.addEventListener("mousemove", () => index !== active && activate(index));
  });
  let wasOpen = false; // a press on the button closes the popover by itself first
  button.addEventListener("pointerdown", () => {
    wasOpen = isOpen();
  });
  button.addEventListener("click", () => {
    if (wasOpen || isOpen()) popup.hidePopover();
    else open();
    wasOpen = false;
  });
  button.addEventListener("keydown", (event) => {
    const keys = {
      ArrowDown: () => (isOpen() ? activate((active + 1) % options.length) : open()),
      ArrowUp: () => (isOpen() ? activate((active - 1 + options.length) % options.length) : open()),
      Home: () => isOpen() && activate(0),
      End: () => isOpen() && activate(options.length - 1),
      Enter: () => (isOpen() ? take(active) : open()),
      " ": () => (isOpen() ? take(active) : open()),
      Escape: () => popup.hidePopover(),
    };
    if (event.key === "Tab" && isOpen()) popup.hidePopover();
    if (!keys[event.key] || (event.key === "Escape" && !isOpen())) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  paint();
  return h("div", { class: "picker-holder" }, button, popup);
}

function optionElement(choice, id, several) {
  return h(
    "div",
    { class: "picker-option", role: "option", id, "aria-selected": "false" },
    emojiElement(choice.emoji),
    h("span", { class: "picker-option-text" }, h("span", { text: choice.label }), choice.description && h("small", { text: choice.description })),
    h("span", { class: several ? "tick tick-box" : "tick" }, icon("check")),
  );
}
