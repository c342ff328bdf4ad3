// The list above the composer: commands, people, choices. Focus stays in the input that steers it.

import { h } from "./dom.js";

/** One list, lent to one input at a time. */
export class SuggestionList {
  constructor(root) {
    this.root = root;
    this.items = [];
    this.active = -1;
    this.input = null;
    root.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get open() {
    return !this.root.hidden;
  }

  /**
   * Show `items` ({label, detail, mark, value}) for `input`; `onPick(item)`.
   * `first`: whether the first one stands ready for Enter, or only after an arrow key.
   */
  show({ input, label, items, onPick, first = true, empty = "" }) {
    this.release();
    if (!items.length && !empty) return;
    this.input = input;
    this.items = items;
    this.onPick = onPick;
    const options = items.map((item, index) =>
      h(
        "div",
        { class: "suggestion", role: "option", id: `suggestion-${index}`, "aria-selected": "false", on: { click: () => this.pick(index), mousemove: () => index !== this.active && this.activate(index) } },
        item.mark ?? null,
        h("span", { class: "suggestion-label", text: item.label }),
        item.detail && h("span", { class: "suggestion-detail", text: item.detail }),
      ),
    );
    this.options = options;
    const list = h("div", { role: "listbox", id: "suggestion-list", class: "suggestion-list", "aria-label": label }, options);
    this.root.replaceChildren(
      h("div", { class: "suggestions-head", "aria-hidden": "true", text: label }),
      items.length ? list : h("div", { class: "suggestions-empty", role: "status", text: empty }),
    );
    this.root.hidden = false;
    input.setAttribute("aria-expanded", String(items.length > 0));
    if (items.length) input.setAttribute("aria-controls", "suggestion-list");
    this.active = -1;
    if (first && items.length) this.activate(0);
  }

  hide() {
    this.release();
  }

  release() {
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
    this.input?.removeAttribute("aria-controls");
    this.input = null;
    this.items = [];
    this.options = [];
    this.active = -1;
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  activate(index) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.options[index];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  pick(index = this.active) {
    const item = this.items[index];
    const { onPick } = this;
    this.release();
    if (item) onPick(item);
  }

  /** True if the key was meant for the list. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const count = this.items.length;
    if (event.key === "Escape") this.hide();
    else if (event.key === "ArrowDown" && count) this.activate((this.active + 1) % count);
    else if (event.key === "ArrowUp" && count) this.activate((this.active <= 0 ? count : this.active) - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.active >= 0) this.pick();
    else return false;
    event.preventDefault();
    return true;
  }
}
