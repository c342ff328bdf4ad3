// Where the caret stands in a command of which nothing must be filled in: Enter sends, and what could be added is listed.

import { h } from "./dom.js";

/** `rest()` the options left to add, `onPick(option)`, `onKey(event)` for keys that mean the whole command. */
export class BareOption {
  constructor({ list, hint, rest, onPick, onKey }) {
    Object.assign(this, { list, hint, rest, onPick, onKey });
    this.input = h("input", {
      type: "text",
      class: "option-input",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-label": "An option, or Enter to send",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.input.addEventListener("input", () => this.offer());
    this.input.addEventListener("focus", () => this.offer());
    this.input.addEventListener("blur", () => this.list.input === this.input && this.list.hide());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  get typed() {
    return this.input.value.trim();
  }

  get fitting() {
    return this.rest().filter((option) => option.name.startsWith(this.typed.toLowerCase()));
  }

  show(shown) {
    this.input.hidden = !shown;
    if (!shown) this.input.value = "";
  }

  offer() {
    this.hint("");
    this.list.show({
      input: this.input,
      label: "Optional (↓ to choose, Enter to send)",
      items: this.fitting.map((option) => ({ label: option.name, detail: option.description, option })),
      first: false, // Enter sends: what nobody chose is never taken
      onPick: (item) => this.onPick(item.option),
    });
  }

  key(event) {
    if (this.list.input === this.input && this.list.key(event)) return;
    if (event.isComposing) return;
    if (event.key === "Tab" && !event.shiftKey && this.typed && this.fitting.length) {
      event.preventDefault();
      this.onPick(this.fitting[0]);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.list.input !== this.input) this.offer();
    else if (event.key !== "Backspace" || !this.input.value) this.onKey(event);
  }

  /** Whether a word stands here that is no option; it is pointed at. */
  complains() {
    if (!this.typed) return false;
    this.input.focus();
    this.list.hide();
    this.hint(`There is no option “${this.typed}”. Choose one with ↓ or Tab, or delete the word.`, true);
    return true;
  }
}
