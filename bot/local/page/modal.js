// A form that the bot puts in front of the channel. The dialog element itself keeps the focus inside.

import { freshId, h, iconButton } from "./dom.js";
import { choicesOf, picker } from "./picker.js";
import { richText } from "./richtext.js";

/** Show one MODAL event; the focus goes back to where it was. */
export function openModal(event, { state, actions, root, focusComposer }) {
  const before = document.activeElement;
  const titleId = freshId("modal-title");
  const fields = [];
  const body = (event.components ?? []).flatMap((component) => parts(component, state, fields));
  const error = h("p", { class: "modal-error", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", class: "button button-primary", text: "Submit" });
  const cancel = () => dialog.close();
  const form = h(
    "form",
    { method: "dialog", novalidate: true },
    h("header", { class: "modal-head" }, h("h2", { id: titleId, text: event.title }), iconButton("close", "Close", cancel)),
    h("div", { class: "modal-body" }, body, error),
    h("footer", { class: "modal-foot" }, h("button", { type: "button", class: "button button-secondary", text: "Cancel", on: { click: cancel } }), submit),
  );
  const dialog = h("dialog", { class: "modal", "aria-labelledby": titleId }, form);
  const fail = (text) => {
    error.textContent = text;
    error.hidden = false;
    submit.disabled = false;
    submit.removeAttribute("aria-busy");
  };

  form.addEventListener("submit", (submission) => {
    submission.preventDefault();
    const wrong = fields.filter((field) => !field.check());
    if (wrong.length) {
      wrong[0].focus();
      return;
    }
    error.hidden = true;
    submit.disabled = true;
    submit.setAttribute("aria-busy", "true");
    const values = Object.fromEntries(fields.map((field) => [field.customId, field.value()]));
    actions.submitModal(event.interaction_id, values, {
      done: () => dialog.close(),
      failed: (text) => fail(text ? `${text}. What you wrote is still here.` : "Something went wrong. Try again."),
    });
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected && before !== document.body) before.focus({ preventScroll: true });
    else focusComposer();
  });
  root.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

// A label with its field, an old-style row with a text input, or a text.
function parts(component, state, fields) {
  if (component.type === 10) return [richText(component.content, state.names())];
  if (component.type === 18) return [labelled(component.component, component.label, component.description, state, fields)];
  if (component.type === 1) return component.components.map((child) => labelled(child, child.label, "", state, fields));
  return [];
}

function labelled(component, label, description, state, fields) {
  const id = freshId("field");
  const required = component.required ?? true;
  const problem = h("p", { class: "field-problem", id: `${id}-problem`, role: "alert", hidden: true });
  const help = description ? h("p", { class: "field-help", id: `${id}-help`, text: description }) : null;
  const field = control(component, { id, label, required, state, describedBy: [help && `${id}-help`, `${id}-problem`].filter(Boolean).join(" ") });
  if (!field) return h("p", { class: "field-help", text: `${label}: this kind of field cannot be filled in on this page.` });
  const check = () => {
    const text = field.problem();
    problem.textContent = text;
    problem.hidden = text === "";
    field.element.classList.toggle("wrong", text !== "");
    return text === "";
  };
  fields.push({ customId: component.custom_id, check, value: field.value, focus: field.focus });
  return h(
    "div",
    { class: "field" },
    h("label", { class: "field-label", for: id, id: `${id}-label` }, h("span", { text: label }), required && h("span", { class: "required", "aria-label": "required", text: " *" })),
    help,
    field.element,
    problem,
  );
}

function control(component, context) {
  switch (component.type) {
    case 4:
      return textControl(component, context);
    case 3:
    case 5:
    case 6:
    case 7:
    case 8:
      return selectControl(component, context);
    case 21:
    case 22:
      return tickControl(component, context);
    case 23:
      return checkboxControl(component, context);
    default:
      return null;
  }
}

function textControl(component, { id, required, describedBy }) {
  const long = component.style === 2;
  const { min_length: least = 0, max_length: most = 4000 } = component;
  const input = h(long ? "textarea" : "input", {
    id,
    class: "text-input",
    type: long ? null : "text",
    rows: long ? 4 : null,
    placeholder: component.placeholder,
    maxlength: most,
    "aria-required": String(required),
    "aria-describedby": describedBy,
    autocomplete: "off",
  });
  input.value = component.value ?? "";
  const problem = () => {
    if (!input.value.trim() && required) return "This is required.";
    if (input.value && input.value.length < least) return `At least ${least} characters, please.`;
    return "";
  };
  return { element: input, value: () => input.value, problem, focus: () => input.focus() };
}

function selectControl(component, { id, label, required, state }) {
  const choices = choicesOf(component, state);
  let chosen = choices.filter((choice) => choice.chosen).map((choice) => choice.value);
  const element = picker({
    component,
    choices,
    label,
    live: true,
    onCommit: (values) => {
      chosen = values;
    },
  });
  const button = element.querySelector("button");
  button.id = id;
  const least = component.min_values ?? 1;
  const problem = () => (chosen.length < least && (required || chosen.length > 0) ? (least > 1 ? `Choose at least ${least}.` : "Choose one.") : "");
  return { element, value: () => chosen, problem, focus: () => button.focus() };
}

// Radio buttons give one value, checkboxes a list.
function tickControl(component, { id, label, required, describedBy }) {
  const many = component.type === 22;
  const inputs = (component.options ?? []).map((option) => {
    const input = h("input", { type: many ? "checkbox" : "radio", name: id, value: option.value });
    input.checked = Boolean(option.default);
    return { input, element: h("label", { class: "tick-line" }, input, h("span", {}, option.label, option.description && h("small", { text: option.description }))) };
  });
  const element = h("div", { class: "tick-lines", id, role: many ? "group" : "radiogroup", "aria-label": label, "aria-describedby": describedBy }, inputs.map((line) => line.element));
  const chosen = () => inputs.filter(({ input }) => input.checked).map(({ input }) => input.value);
  const least = many ? component.min_values ?? 1 : 1;
  const problem = () => (required && chosen().length < least ? "Choose at least one." : "");
  return { element, value: () => (many ? chosen() : chosen()[0] ?? null), problem, focus: () => inputs[0]?.input.focus() };
}

function checkboxControl(component, { id, describedBy }) {
  const input = h("input", { type: "checkbox", id, class: "checkbox", "aria-describedby": describedBy });
  input.checked = Boolean(component.default);
  return { element: input, value: () => input.checked, problem: () => "", focus: () => input.focus() };
}
