// The server at the side: what this is, its channels, and who one is.

import { avatar } from "./avatar.js";
import { h, icon, iconButton } from "./dom.js";
import { DIRECT, THREAD, displayName } from "./state.js";
import { themeButton } from "./theme.js";

const TEXT = 0;

/** `onChannel(id)`, `onPerson(id)`; on a narrow page it slides over the channel. */
export class Sidebar {
  constructor({ root, shade, state, onChannel, onPerson }) {
    Object.assign(this, { root, shade, state, onChannel, onPerson });
    this.narrow = window.matchMedia("(max-width: 760px)");
    this.opener = null;
    this.name = h("h1", { class: "server-name", text: "Citebot" });
    this.channels = h("nav", { class: "channels", "aria-label": "Channels" });
    this.people = h("div", { class: "people", role: "radiogroup", "aria-labelledby": "people-label" });
    this.close = iconButton("close", "Close the channel list", () => this.toggle(false), { class: "icon-button drawer-only" });
    root.append(
      h("div", { class: "server-head" }, h("img", { class: "server-mark", src: "icon.svg", alt: "", width: 34, height: 34 }), this.name, this.close),
      h("p", { class: "standin" }, icon("shield"), h("span", {}, h("strong", { text: "Local stand-in — not Discord." }), " Nothing leaves this machine.")),
      this.channels,
      h("div", { class: "person-box" }, h("div", { class: "section-label", id: "people-label" }, h("span", { text: "You are" }), themeButton()), this.people),
    );
    shade.addEventListener("click", () => this.toggle(false));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.narrow.matches) this.toggle(false);
    });
    this.narrow.addEventListener("change", () => this.toggle(false));
    this.toggle(false);
  }

  /** Open or close the drawer; without effect on a wide page. */
  toggle(open, opener = null) {
    const shown = open && this.narrow.matches;
    this.root.classList.toggle("open", shown);
    this.root.inert = this.narrow.matches && !open;
    this.shade.hidden = !shown;
    if (shown) {
      this.opener = opener;
      this.close.focus();
    } else if (this.opener) {
      this.opener.focus();
      this.opener = null;
    }
    for (const button of document.querySelectorAll("[aria-controls='sidebar']")) button.setAttribute("aria-expanded", String(shown));
  }

  render() {
    this.name.textContent = this.state.serverName;
    this.renderChannels();
    this.renderPeople();
  }

  renderChannels() {
    const { state } = this;
    const focused = this.channels.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    const group = (label, type) => {
      const channels = state.channels.filter((channel) => channel.type === type);
      if (!channels.length) return [];
      return [h("div", { class: "section-label", text: label }), h("ul", {}, channels.map((channel) => h("li", {}, this.channelButton(channel))))];
    };
    this.channels.replaceChildren(...group("Channels", TEXT), ...group("Threads", THREAD), ...group("Direct messages", DIRECT));
    if (focused) this.channels.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  channelButton(channel) {
    const { state } = this;
    const unread = state.unread.has(channel.id);
    const direct = channel.type === DIRECT;
    const name = state.channelName(channel);
    const presence = direct ? (state.botOnline ? ", online" : ", offline") : "";
    return h(
      "button",
      {
        type: "button",
        class: unread ? "channel unread" : "channel",
        data: { id: channel.id },
        "aria-current": channel.id === state.channelId ? "page" : null,
        "aria-label": `${direct ? "Direct message with " : ""}${name}${presence}${unread ? ", unread" : ""}`,
        on: {
          click: () => {
            this.opener = null;
            this.toggle(false);
            this.onChannel(channel.id);
          },
        },
      },
      direct ? this.portrait(channel.recipient ?? state.bot) : icon("hash"),
      h("span", { class: "channel-name", text: name }),
      unread && h("span", { class: "unread-dot" }),
    );
  }

  portrait(user) {
    if (!user) return icon("hash");
    return h("span", { class: this.state.botOnline ? "portrait online" : "portrait offline" }, avatar(user, "small"));
  }

  // A group of radio buttons: arrow keys change the person.
  renderPeople() {
    const { state } = this;
    const focused = this.people.contains(document.activeElement);
    const people = [...state.users.values()].filter((user) => !user.bot);
    this.people.replaceChildren(
      ...people.map((user, index) => {
        const chosen = user.id === state.me?.id;
        return h(
          "button",
          {
            type: "button",
            class: "person",
            role: "radio",
            "aria-checked": String(chosen),
            tabindex: chosen ? 0 : -1,
            on: {
              click: () => this.choosePerson(user),
              keydown: (event) => {
                const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
                if (!step) return;
                event.preventDefault();
                this.choosePerson(people[(index + step + people.length) % people.length]);
              },
            },
          },
          avatar(user, "small"),
          h("span", { class: "person-name", text: displayName(user) }),
          state.moderators.has(user.id) && h("span", { class: "tag tag-quiet", text: "Moderator" }),
        );
      }),
    );
    if (focused) this.people.querySelector("[aria-checked=true]")?.focus();
  }

  choosePerson(user) {
    if (user.id !== this.state.me?.id) this.onPerson(user.id);
  }
}
