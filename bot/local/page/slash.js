// A slash command being filled in: its options as chips inside the composer.

import { BareOption } from "./bareoption.js";
import { nest } from "./commands.js";
import { h } from "./dom.js";
import { ATTACHMENT, INTEGER, NUMBER, STRING, choicesFor, typedValue } from "./optionvalues.js";

const ASK_AFTER = 150; // ms without a key before the bot is asked for suggestions

/** `onCancel()` when given up, `onChange()` when something was typed, `list` the suggestion list it may use. */
export class CommandForm {
  constructor({ entry, state, actions, list, hint, onCancel, onChange, onSubmit }) {
    Object.assign(this, { entry, state, actions, list, hint, onCancel, onChange, onSubmit });
    this.fields = [];
    this.asked = 0;
    this.timer = 0;
    this.chips = h("div", { class: "option-chips" });
    this.more = h("div", { class: "option-more", role: "group", "aria-label": "Further options" });
    this.bare = new BareOption({ list, hint, rest: () => this.rest, onPick: (option) => this.addFocused(option), onKey: (event) => this.bareKey(event) });
    this.element = h(
      "div",
      { class: "command-form", role: "group", "aria-label": `Command /${entry.name}` },
      h("span", { class: "command-name", text: `/${entry.name}`, tabindex: entry.options.length ? null : 0, on: { keydown: (event) => this.bareKey(event) } }),
      this.chips,
      this.bare.input,
      this.more,
    );
    this.ordered = [...entry.options].sort((a, b) => Number(Boolean(b.required)) - Number(Boolean(a.required)));
    for (const option of this.ordered) if (option.required) this.add(option);
    this.paintMore();
  }

  focus() {
    const target = this.fields.find((field) => !field.input.value) ?? this.fields.at(-1);
    (target?.input ?? (this.ordered.length ? this.bare.input : this.element.querySelector(".command-name"))).focus();
  }

  /** What is filled in, to be kept as a draft. */
  get values() {
    // A file cannot be put back into its field by a script.
    return Object.fromEntries(this.fields.filter((field) => field.input.value && field.option.type !== ATTACHMENT).map((field) => [field.option.name, { text: field.input.value, value: field.value }]));
  }

  set values(values) {
    for (const option of this.ordered) {
      const kept = values[option.name];
      if (!kept) continue;
      const field = this.fields.find((other) => other.option === option) ?? this.add(option);
      field.input.value = kept.text;
      field.value = kept.value ?? null;
    }
    this.paintMore();
  }

  /** Text typed right after the command's name goes into its first free text. */
  seed(text) {
    const field = this.fields.find((other) => other.option.type === STRING && !other.option.choices) ?? this.fields[0];
    if (text) (field?.input ?? this.bare.input).value = text;
  }

  /** The options as the server wants them, or null after pointing at what is missing. */
  collect() {
    const options = [];
    for (const field of this.fields) {
      const text = field.input.value.trim();
      if (!text) {
        if (field.option.required) return this.complain(field, "This option is required.");
        continue;
      }
      const [value, problem] = this.valueOf(field, text);
      if (problem) return this.complain(field, problem);
      options.push({ name: field.option.name, type: field.option.type, value });
    }
    if (this.bare.complains()) return null;
    return nest(this.entry.path, options);
  }

  complain(field, text) {
    field.chip.classList.add("wrong");
    field.input.setAttribute("aria-invalid", "true");
    field.input.focus();
    this.list.hide();
    this.showHint(field, text);
    return null;
  }

  valueOf(field, text) {
    if (field.value !== null) return [field.value, null];
    if (field.option.type === ATTACHMENT) return [null, field.problem || "The file is still on its way."];
    return typedValue(field.option, text, this.state);
  }

  // A file goes to the server as soon as it is chosen; the option's value is its id there.
  addFile(option) {
    const input = h("input", { type: "file", class: "option-input", "aria-label": `${option.name}${option.required ? ", required" : ""}`, "aria-description": option.description });
    const chip = h("label", { class: "option-chip" }, h("span", { class: "option-name", text: option.name }), input);
    const field = { option, input, chip, value: null, problem: "" };
    input.addEventListener("change", async () => {
      Object.assign(field, { value: null, problem: "" });
      chip.classList.remove("wrong");
      input.removeAttribute("aria-invalid");
      const file = input.files[0];
      if (!file) return;
      try {
        const { id } = await this.actions.upload(this.state.channelId, file);
        if (input.files[0] === file) field.value = id;
      } catch (error) {
        field.problem = error.message;
        this.complain(field, error.message);
      }
    });
    input.addEventListener("focus", () => this.showHint(field));
    input.addEventListener("keydown", (event) => {
      // Enter and space open the file chooser while there is none; then Enter sends.
      if (event.key === "Enter" && field.value === null) return;
      this.key(event, field);
    });
    this.fields.push(field);
    this.chips.append(chip);
    return field;
  }

  add(option) {
    if (option.type === ATTACHMENT) return this.addFile(option);
    const input = h("input", {
      type: "text",
      class: "option-input",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-label": `${option.name}${option.required ? ", required" : ""}`,
      "aria-description": option.description,
      autocomplete: "off",
      spellcheck: option.type === STRING && !option.choices ? "true" : "false",
      inputmode: option.type === INTEGER ? "numeric" : option.type === NUMBER ? "decimal" : null,
      maxlength: option.type === STRING && !option.choices ? option.max_length ?? 6000 : null,
    });
    const chip = h("label", { class: "option-chip" }, h("span", { class: "option-name", text: option.name }), input);
    const field = { option, input, chip, value: null };
    input.addEventListener("input", () => {
      field.value = null;
      chip.classList.remove("wrong");
      input.removeAttribute("aria-invalid");
      this.onChange();
      this.showHint(field);
      this.suggest(field);
    });
    input.addEventListener("focus", () => {
      this.showHint(field);
      if (field.value === null) this.suggest(field);
    });
    input.addEventListener("blur", () => {
      clearTimeout(this.timer);
      this.asked += 1;
      if (this.list.input === input) this.list.hide();
    });
    input.addEventListener("keydown", (event) => this.key(event, field));
    this.fields.push(field);
    this.chips.append(chip);
    return field;
  }

  showHint(field, problem = "") {
    const { option } = field;
    const need = option.required ? "required" : "optional";
    this.hint(problem ? `${option.name}: ${problem}` : `${option.name} — ${option.description} (${need})`, Boolean(problem));
  }

  get rest() {
    return this.ordered.filter((option) => !this.fields.some((field) => field.option === option));
  }

  paintMore() {
    const { rest } = this;
    this.bare.show(this.fields.length === 0 && rest.length > 0);
    this.more.replaceChildren(
      ...rest.map((option) =>
        h("button", { type: "button", class: "option-add", title: option.description, "aria-label": `Add option ${option.name}`, text: `+ ${option.name}`, on: { click: () => this.addFocused(option) } }),
      ),
    );
  }

  addFocused(option) {
    const field = this.add(option);
    this.paintMore();
    field.input.focus();
  }

  suggest(field) {
    clearTimeout(this.timer);
    this.asked += 1;
    const typed = field.input.value.trim();
    const local = choicesFor(field.option, this.state);
    if (local) {
      const wanted = typed.toLowerCase().replace(/^[@#]/, "");
      const first = Boolean(field.option.required || typed); // an optional one may stay empty: Enter sends
      this.offer(field, local.filter((item) => item.label.toLowerCase().includes(wanted)), { first, empty: "Nothing fits. Choose one from the list." });
    } else if (field.option.autocomplete) {
      this.timer = setTimeout(() => this.ask(field, this.asked), ASK_AFTER);
    } else this.list.hide();
  }

  async ask(field, asked) {
    const options = this.fields
      .filter((other) => other === field || other.input.value.trim())
      .map((other) => {
        const text = other.input.value;
        const value = other === field ? text : this.valueOf(other, text.trim())[0] ?? text;
        return { name: other.option.name, type: other.option.type, value, ...(other === field ? { focused: true } : {}) };
      });
    try {
      const { choices } = await this.actions.autocomplete(this.state.channelId, this.entry.command.id, nest(this.entry.path, options));
      if (asked === this.asked) this.offer(field, choices.map((choice) => ({ label: choice.name, value: choice.value })), { first: false, empty: "" });
    } catch {
      if (asked === this.asked) this.offer(field, [], { first: false, empty: "Suggestions could not be loaded." });
    }
  }

  offer(field, items, { first, empty }) {
    this.list.show({
      input: field.input,
      label: choicesFor(field.option, this.state) ? (first ? "Choose one" : "Choose one (↓ to choose)") : "Suggestions (↓ to choose, or go on in your own words)",
      items,
      first,
      empty,
      onPick: (item) => {
        field.input.value = item.label;
        field.value = item.value;
        clearTimeout(this.timer);
        this.asked += 1;
        this.onChange();
        const next = this.fields.find((other) => other.option.required && !other.input.value);
        (next ?? field).input.focus();
      },
    });
  }

  key(event, field) {
    if (this.list.input === field.input && this.list.key(event)) return;
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.onSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.onCancel();
    } else if (event.key === "Backspace" && !field.input.value) {
      event.preventDefault();
      this.removeOrCancel(field);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && field.value === null) this.suggest(field);
  }

  bareKey(event) {
    const keys = { Enter: this.onSubmit, Escape: this.onCancel, Backspace: this.onCancel };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  removeOrCancel(field) {
    if (!field.option.required) {
      this.fields = this.fields.filter((other) => other !== field);
      this.paintMore();
      (this.fields.at(-1)?.input ?? this.bare.input).focus();
      field.chip.remove();
      this.onChange();
    } else if (this.fields.every((other) => !other.input.value)) this.onCancel();
  }

  /** Nothing more will come from this form. */
  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.list.hide();
    this.hint("");
  }
}
