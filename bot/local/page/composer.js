// Where messages and commands are written.

import { avatar } from "./avatar.js";
import { matchEntries, slashEntries } from "./commands.js";
import { h, icon, iconButton } from "./dom.js";
import { loadDraft, saveDraft } from "./drafts.js";
import { candidates, incoming, outgoing, typedName } from "./mentions.js";
import { authorName } from "./message.js";
import { CommandForm } from "./slash.js";

const LIMIT = 2000; // characters in a message
const TALLEST = 240; // px

/** Builds itself into `root`; `list` is the suggestion list above it. */
export class Composer {
  constructor({ root, list, state, actions, say }) {
    Object.assign(this, { root, list, state, actions, say });
    this.replying = null; // {message, ping}
    this.editing = null; // message
    this.form = null; // CommandForm
    this.place = null; // the state's identity the draft belongs to
    this.text = h("textarea", {
      id: "composer-text",
      class: "composer-text",
      rows: 1,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      autocomplete: "off",
      spellcheck: "true",
    });
    this.bar = h("div", { class: "composer-bar", hidden: true });
    this.hintLine = h("div", { class: "composer-hint", role: "status" });
    this.count = h("span", { class: "composer-count", role: "status" });
    this.sendButton = h("button", { type: "submit", class: "send-button", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
    this.field = h("div", { class: "composer-field" }, this.text, this.count, this.sendButton);
    root.append(this.hintLine, h("div", { class: "composer-box" }, this.bar, this.field));
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("click", () => this.complete());
    this.text.addEventListener("blur", () => this.list.input === this.text && this.list.hide());
  }

  focus() {
    if (this.form) this.form.focus();
    else this.text.focus();
  }

  /** The person or channel shown has changed: their own draft comes up. */
  enter() {
    this.list.hide();
    this.replying = this.editing = null;
    this.closeForm();
    const { channel } = this.state;
    if (!channel) return;
    const name = this.state.channelName(channel);
    const label = channel.type === 1 ? `Message ${name}` : `Message #${name}`;
    this.text.placeholder = label;
    this.text.setAttribute("aria-label", label);
    this.restore();
    this.paintBar();
  }

  restore() {
    const draft = loadDraft(this.state);
    this.setText(draft.text ?? "");
    const entry = draft.command && slashEntries(this.state).find((other) => other.name === draft.command);
    if (entry) this.openForm(entry, { values: draft.values, focus: false });
  }

  /** Put a text in for somebody to send, as an example question does. */
  fill(text) {
    this.cancel();
    this.closeForm();
    this.setText(text);
    this.save();
    this.text.focus();
    this.text.setSelectionRange(text.length, text.length);
    this.complete();
  }

  startReply(message) {
    this.stopEditing();
    this.replying = { message, ping: true };
    this.paintBar();
    this.focus();
  }

  startEdit(message) {
    this.closeForm();
    this.replying = null;
    this.editing = message;
    this.setText(incoming(message.content, this.state));
    this.paintBar();
    this.text.focus();
  }

  /** Give up a reply or an edit; the draft from before comes back. */
  cancel() {
    this.replying = null;
    this.stopEditing();
    this.paintBar();
  }

  stopEditing() {
    if (!this.editing) return;
    this.editing = null;
    this.restore();
  }

  /** The message replied to or edited is gone. */
  messageGone(id) {
    if (this.replying?.message.id === id || this.editing?.id === id) this.cancel();
  }

  setText(text) {
    this.text.value = text;
    this.measure();
  }

  measure() {
    this.text.style.setProperty("height", "auto");
    this.text.style.setProperty("height", `${Math.min(this.text.scrollHeight, TALLEST)}px`);
    const length = [...this.text.value].length;
    this.count.textContent = length > LIMIT - 200 ? String(LIMIT - length) : "";
    this.count.classList.toggle("over", length > LIMIT);
  }

  typed() {
    this.measure();
    this.save();
    if (this.text.value.trim() && !this.text.value.startsWith("/")) this.actions.typing(this.state.channelId);
    this.complete();
  }

  save() {
    if (this.editing) return; // an edit is not a draft
    saveDraft(this.state, this.form ? { command: this.form.entry.name, values: this.form.values } : { text: this.text.value });
  }

  // The list above: commands after a slash, people after @, channels after #.
  complete() {
    const { value, selectionStart: caret } = this.text;
    if (!this.editing && value.startsWith("/") && !value.includes("\n")) {
      const entries = slashEntries(this.state);
      const whole = entries.find((entry) => value.startsWith(`/${entry.name} `));
      if (whole) this.openForm(whole, { seed: value.slice(whole.name.length + 2) });
      else this.offerCommands(matchEntries(entries, value.slice(1)));
      return;
    }
    const name = typedName(value, caret);
    const found = name ? candidates(this.state, name) : [];
    if (!found.length) {
      this.list.hide();
      return;
    }
    this.list.show({
      input: this.text,
      label: name.sign === "@" ? "People" : "Channels",
      items: found.map((item) => ({ ...item, mark: item.user ? avatar(item.user, "small") : icon("hash") })),
      onPick: (item) => {
        this.text.setRangeText(`${name.sign}${item.label} `, name.start, caret, "end");
        this.text.dispatchEvent(new Event("input"));
      },
    });
  }

  offerCommands(entries) {
    const mark = () => (this.state.bot ? avatar(this.state.bot, "small") : icon("slash"));
    this.list.show({
      input: this.text,
      label: "Commands",
      items: entries.map((entry) => ({ label: `/${entry.name}`, detail: entry.description, mark: mark(), entry })),
      empty: this.state.commands.length ? "" : "No commands yet: the bot registers them when it connects.",
      onPick: (item) => this.openForm(item.entry),
    });
  }

  openForm(entry, { seed = "", values = null, focus = true } = {}) {
    this.list.hide();
    this.setText("");
    this.form = new CommandForm({
      entry,
      state: this.state,
      actions: this.actions,
      list: this.list,
      hint: (text, alarm = false) => this.hint(text, alarm),
      onChange: () => this.save(),
      onCancel: () => this.giveUpForm(),
      onSubmit: () => this.submit(),
    });
    this.form.seed(seed);
    if (values) this.form.values = values;
    this.field.classList.add("with-form");
    this.text.hidden = true;
    this.field.prepend(this.form.element);
    this.save();
    if (focus) this.form.focus();
  }

  giveUpForm() {
    this.closeForm();
    this.setText("");
    this.save();
    this.text.focus();
  }

  closeForm() {
    if (!this.form) return;
    this.form.close();
    this.form.element.remove();
    this.form = null;
    this.text.hidden = false;
    this.field.classList.remove("with-form");
  }

  hint(text, alarm = false) {
    this.hintLine.textContent = text;
    this.hintLine.classList.toggle("alarm", alarm);
  }

  /** The commands have changed under an open list or form. */
  refresh() {
    if (this.list.input === this.text) this.complete();
  }

  submit() {
    if (this.actions.connection.state !== "open") {
      this.say("Not connected. What you wrote is kept.", { alarm: true });
      return;
    }
    if (this.form) this.submitCommand();
    else this.submitText();
  }

  submitCommand() {
    const options = this.form.collect();
    if (!options) return;
    const { entry } = this.form;
    this.giveUpForm();
    this.actions.command(this.state.channelId, entry.command, options, `/${entry.name}`);
  }

  async submitText() {
    const written = this.text.value;
    const content = outgoing(written.trim(), this.state);
    if (!content) return;
    if ([...content].length > LIMIT) {
      this.say(`A message has at most ${LIMIT} characters.`, { alarm: true });
      return;
    }
    const { channelId } = this.state;
    const { editing, replying } = this;
    this.list.hide();
    if (!editing) this.setText("");
    this.save();
    try {
      if (editing) {
        this.cancel();
        await this.actions.edit(channelId, editing.id, content);
      } else {
        this.replying = null;
        this.paintBar();
        await this.actions.send(channelId, content, { replyTo: replying?.message.id, ping: replying?.ping });
      }
    } catch (error) {
      this.say(`Not sent: ${error.message}`, { alarm: true });
      if (channelId !== this.state.channelId || this.text.value) return;
      if (editing) this.startEdit(editing);
      else this.replying = replying;
      this.setText(written);
      this.save();
      this.paintBar();
    }
  }

  key(event) {
    if (this.list.input === this.text && this.list.key(event)) return;
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && (this.replying || this.editing)) {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "ArrowUp" && !this.text.value && !this.editing) {
      const last = this.state.log(this.state.channelId).messages.findLast((message) => this.state.isMine(message) && message.type !== 20);
      if (!last) return;
      event.preventDefault();
      this.startEdit(last);
    }
  }

  paintBar() {
    const { replying, editing } = this;
    this.bar.hidden = !replying && !editing;
    this.root.classList.toggle("editing", Boolean(editing));
    if (!replying && !editing) return;
    const what = editing ? ["Editing your message"] : ["Replying to ", h("strong", { text: authorName(replying.message) })];
    this.bar.replaceChildren(
      icon(editing ? "edit" : "reply"),
      h("span", { class: "composer-bar-text" }, what),
      !editing && replying.message.author.id !== this.state.me.id ? this.pingToggle() : "",
      iconButton("close", editing ? "Cancel editing (Escape)" : "Cancel reply (Escape)", () => {
        this.cancel();
        this.focus();
      }),
    );
  }

  pingToggle() {
    const label = () => (this.replying.ping ? "@ on" : "@ off");
    const button = h("button", { type: "button", class: "text-button", "aria-pressed": String(this.replying.ping), "aria-label": "Mention the author", title: "Mention the author of the message", text: label() });
    button.addEventListener("click", () => {
      this.replying.ping = !this.replying.ping;
      button.setAttribute("aria-pressed", String(this.replying.ping));
      button.textContent = label();
      this.focus();
    });
    return button;
  }
}
