// A message's menu, with the bot's own commands in a submenu.

import { h, icon, placeNear } from "./dom.js";

/** One menu at a time. Items: {label, icon, danger, run} or {label, icon, items}; null is left out. */
export class Menu {
  constructor() {
    this.popup = null;
    this.back = null;
  }

  /** Open at a point {x, y} or near an element; `back` gets the focus when it closes. */
  open(items, where, back) {
    this.close();
    this.back = back;
    const popup = this.list(items, "Message actions");
    popup.popover = "auto";
    popup.addEventListener("toggle", (event) => event.newState === "closed" && this.gone(popup));
    document.body.append(popup);
    this.popup = popup;
    popup.showPopover();
    placeNear(popup, where instanceof Element ? where : pointAnchor(where));
    buttons(popup)[0]?.focus();
  }

  close() {
    this.popup?.hidePopover();
  }

  gone(popup) {
    const hadFocus = popup.contains(document.activeElement) || document.activeElement === document.body;
    popup.remove();
    if (this.popup !== popup) return;
    this.popup = null;
    if (hadFocus && this.back?.isConnected) this.back.focus({ preventScroll: true });
  }

  list(items, label) {
    const list = h("div", { class: "menu", role: "menu", "aria-label": label });
    for (const item of items.filter(Boolean)) list.append(item.items ? this.submenu(item) : this.entry(item));
    list.addEventListener("keydown", (event) => this.key(event, list));
    return list;
  }

  entry(item) {
    const choose = () => {
      this.close();
      item.run();
    };
    return h(
      "button",
      { type: "button", class: item.danger ? "menu-item danger" : "menu-item", role: "menuitem", tabindex: -1, disabled: item.disabled, on: { click: choose, mouseenter: (event) => event.currentTarget.focus({ preventScroll: true }) } },
      h("span", { text: item.label }),
      item.icon && icon(item.icon),
    );
  }

  submenu(item) {
    const inner = this.list(item.items, item.label);
    inner.hidden = true;
    const button = h(
      "button",
      { type: "button", class: "menu-item", role: "menuitem", tabindex: -1, "aria-haspopup": "menu", "aria-expanded": "false" },
      h("span", { text: item.label }),
      icon("next"),
    );
    const holder = h("div", { class: "submenu-holder", role: "none" }, button, inner);
    const show = (open, focus) => {
      inner.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      if (open) besides(inner, button);
      if (open && focus) buttons(inner)[0]?.focus();
      if (!open && focus) button.focus();
    };
    button.addEventListener("click", (event) => show(true, event.detail === 0));
    holder.addEventListener("mouseenter", () => show(true, false));
    holder.addEventListener("mouseleave", () => show(false, false));
    holder.addEventListener("keydown", (event) => {
      const inside = inner.contains(event.target);
      if (event.key === "ArrowRight" && !inside) show(true, true);
      else if (event.key === "ArrowLeft" && inside) show(false, true);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return holder;
  }

  key(event, list) {
    const all = buttons(list);
    const at = all.indexOf(document.activeElement);
    if (at < 0) return;
    const target = {
      ArrowDown: all[(at + 1) % all.length],
      ArrowUp: all[(at - 1 + all.length) % all.length],
      Home: all[0],
      End: all.at(-1),
    }[event.key];
    if (target) target.focus();
    else if (event.key === "Tab") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

// The items of one level, not those of its submenus.
function buttons(list) {
  return [...list.children].map((child) => (child.matches("button") ? child : child.querySelector("button"))).filter((button) => button && !button.disabled);
}

function pointAnchor({ x, y }) {
  return { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) };
}

// To the right if there is room, else to the left, else below.
function besides(inner, button) {
  const box = button.getBoundingClientRect();
  const { width } = inner.getBoundingClientRect();
  const side = box.right + width < window.innerWidth ? "right" : box.left - width > 0 ? "left" : "below";
  inner.dataset.side = side;
}
