// The channel's messages: day lines, groups, scrolling, moving about with the keyboard.

import { freshId, h, icon } from "./dom.js";
import { isThinking, messageElement, startsGroup } from "./message.js";
import { dayName, dayNumber } from "./time.js";

const AT_END = 60; // px from the end that still count as reading the newest
const NEAR_START = 300;
const JUMP_PAGES = 5;
const HAIR = 4; // px of a reply below the view that nobody misses
const SCREEN = 0.8; // of the view, that reading on goes down
const NEWER = "New messages ↓";
const GOES_ON = "Goes on below ↓";

/** `page` as for messageElement, plus `welcome(channel)` for the head of a channel's history. */
export class Log {
  constructor({ root, inner, pill, page }) {
    Object.assign(this, { root, inner, pill, page });
    this.shown = new Map(); // key -> {element, signature}
    this.atEnd = true;
    this.oldest = null;
    this.newest = null;
    this.roving = null;
    this.thinking = false; // whether the newest message is still a promise
    this.long = null; // key of the reply shown from its beginning that goes on below the view
    root.addEventListener("scroll", () => this.scrolled(), { passive: true });
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("focusin", (event) => this.rove(event.target.closest(".message")));
    root.addEventListener("contextmenu", (event) => this.menu(event));
    inner.addEventListener("load", () => this.atEnd && this.toEnd(this.newest), true); // a picture makes its message longer
    pill.addEventListener("click", () => (this.long ? root.scrollBy({ top: root.clientHeight * SCREEN }) : this.toEnd()));
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(root);
  }

  /** Forget what is drawn: another channel, another person. */
  clear() {
    this.inner.replaceChildren();
    this.shown.clear();
    this.atEnd = true;
    this.oldest = this.newest = this.roving = null;
    this.point(null);
  }

  render() {
    const { state } = this.page;
    const channel = state.channel;
    if (!channel) return;
    const log = state.log(channel.id);
    this.root.setAttribute("aria-busy", String(!log.loaded));
    if (!log.loaded) return;
    const first = this.shown.size === 0;
    const wasAtEnd = this.atEnd;
    const height = this.root.scrollHeight;
    const focus = this.rememberFocus();
    this.reconcile(this.items(channel, log));
    this.restoreFocus(focus);
    this.rove(this.roving?.isConnected ? this.roving : this.inner.querySelector(".message:last-of-type"));

    const oldest = log.messages[0]?.id ?? null;
    const newest = log.messages.at(-1) ?? null;
    const grownAbove = !first && oldest !== this.oldest;
    const arrived = !first && newest && (newest.id !== this.newest || (this.thinking && !isThinking(newest)));
    this.oldest = oldest;
    this.newest = newest?.id ?? null;
    this.thinking = newest !== null && isThinking(newest);
    if (wasAtEnd || (arrived && state.concernsMe(newest))) this.toEnd(arrived ? newest.id : null);
    else if (grownAbove) this.root.scrollTop += this.root.scrollHeight - height;
    else if (arrived) this.point(NEWER);
  }

  // What is to be seen, from top to bottom.
  items(channel, log) {
    const { page } = this;
    const { state } = page;
    const items = [];
    if (log.complete) items.push({ key: "welcome", signature: [log.messages.length === 0, state.examples], make: () => page.welcome(channel, log.messages.length === 0) });
    let previous = null;
    for (const message of log.messages) {
      const date = new Date(message.timestamp);
      const day = dayNumber(date);
      const newDay = !previous || dayNumber(new Date(previous.timestamp)) !== day;
      if (newDay) items.push({ key: `day-${day}`, signature: [dayName(date)], make: () => dayLine(dayName(date)) });
      const grouped = !newDay && !startsGroup(message, previous);
      items.push({
        key: message.id,
        signature: [message, grouped, state.pressed.get(message.id), state.failed.get(message.id)],
        make: () => messageElement(message, { grouped, page }),
      });
      previous = message;
    }
    for (const line of state.notices.get(channel.id) ?? []) {
      items.push({ key: line.id, signature: [], make: () => notice(line, () => state.dismissNotice(channel.id, line.id)) });
    }
    return items;
  }

  // Keep the elements that are still right, make the others, in order.
  reconcile(items) {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, { element }] of this.shown) {
      if (keys.has(key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    let next = this.inner.firstElementChild;
    for (const { key, signature, make } of items) {
      const old = this.shown.get(key);
      if (old && old.signature.length === signature.length && old.signature.every((part, at) => part === signature[at])) {
        if (old.element !== next) this.inner.insertBefore(old.element, next);
        else next = next.nextElementSibling;
        continue;
      }
      const element = make();
      if (old) {
        if (old.element === next) next = next.nextElementSibling;
        old.element.remove();
      }
      this.inner.insertBefore(element, next);
      this.shown.set(key, { element, signature });
    }
  }

  rememberFocus() {
    const focused = document.activeElement;
    const message = focused?.closest?.("#log .message");
    return message ? { key: message.dataset.id, customId: focused.dataset.customId, focused } : null;
  }

  restoreFocus(focus) {
    if (!focus || focus.focused.isConnected) return;
    const element = this.shown.get(focus.key)?.element;
    const same = focus.customId && element?.querySelector(`[data-custom-id="${CSS.escape(focus.customId)}"]:not(:disabled)`);
    if (element) (same || element).focus({ preventScroll: true });
    else this.page.focusComposer();
  }

  /** Scroll to the newest message; to its beginning if it `arrived` just now and is longer than the window. */
  toEnd(arrived = null) {
    this.root.scrollTop = this.root.scrollHeight;
    const element = this.shown.get(arrived)?.element;
    this.atEnd = !element || element.offsetHeight <= this.root.clientHeight;
    if (!this.atEnd) element.scrollIntoView({ block: "start" });
    this.point(this.atEnd ? null : GOES_ON, arrived);
  }

  // What lies below the view, if anything does.
  point(text, long = null) {
    this.long = text === GOES_ON ? long : null;
    this.pill.hidden = !text;
    this.pill.textContent = text ?? "";
    this.root.parentElement.classList.toggle("goes-on", this.long !== null);
  }

  scrolled() {
    const { root } = this;
    if (this.long && !this.isCut(this.long)) this.point(null);
    this.atEnd = !this.long && root.scrollHeight - root.scrollTop - root.clientHeight < AT_END;
    if (this.atEnd) this.point(null);
    if (root.scrollTop < NEAR_START && this.page.state.channelId) this.page.actions.loadOlder(this.page.state.channelId);
  }

  isCut(key) {
    const element = this.shown.get(key)?.element;
    if (!element) return false;
    const end = this.root.getBoundingClientRect().bottom;
    const { top, bottom } = element.getBoundingClientRect();
    return top < end && bottom > end + HAIR;
  }

  // One message at a time is in the tab order; arrow keys move to the others.
  rove(message) {
    if (!message || message === this.roving) return;
    if (this.roving) this.roving.tabIndex = -1;
    this.roving = message;
    message.tabIndex = 0;
  }

  key(event) {
    const message = event.target.closest(".message");
    if (!message) return;
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      event.preventDefault();
      this.openMenu(message, message.querySelector(".message-tools"));
      return;
    }
    if (event.target !== message) return;
    const all = [...this.inner.querySelectorAll(".message")];
    const at = all.indexOf(message);
    const target = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }

  menu(event) {
    const message = event.target.closest(".message");
    if (!message || event.target.closest("a, .picker-list")) return; // links keep the browser's own menu
    event.preventDefault();
    this.openMenu(message, { x: event.clientX, y: event.clientY });
  }

  openMenu(element, where) {
    const { state } = this.page;
    const message = state.find(state.channelId, element.dataset.id);
    if (message) this.page.onMenu(message, where, element);
  }

  /** Bring a message into view, loading older ones if need be; false if it is not found. */
  async jump(id) {
    const { state, actions } = this.page;
    for (let page = 0; page < JUMP_PAGES && !state.find(state.channelId, id) && !state.log(state.channelId).complete; page += 1) {
      await actions.loadOlder(state.channelId);
    }
    const element = this.shown.get(id)?.element;
    if (!element) return false;
    this.atEnd = false;
    element.scrollIntoView({ block: "center" });
    element.focus({ preventScroll: true });
    element.classList.remove("found");
    requestAnimationFrame(() => element.classList.add("found"));
    return true;
  }
}

function dayLine(name) {
  return h("div", { class: "day-line", role: "separator", "aria-label": name }, h("span", { text: name }));
}

function notice(line, onDismiss) {
  const id = freshId("notice");
  return h(
    "div",
    { class: "notice", role: "alert" },
    icon("eye"),
    h("span", { id, text: line.text }),
    h("button", { type: "button", class: "text-button", text: "Dismiss", "aria-describedby": id, on: { click: onDismiss } }),
  );
}
