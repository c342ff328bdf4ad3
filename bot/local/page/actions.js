// What a person can do, as requests to the server, and what the server tells, as changes of the state.

import { nest } from "./commands.js";

const PAGE = 50; // messages a history request brings
const TYPING_EVERY = 8000; // ms
const TYPING_LASTS = 10_000;

/** Ties the connection to the state. `showModal(event)` and `say(text, {alarm})` are the page's. */
export class Actions {
  constructor({ state, connection, showModal, say }) {
    Object.assign(this, { state, connection, showModal, say });
    this.trackers = new Map(); // nonce -> {done, failed} of an interaction under way
    this.typedAt = 0;
  }

  /** Show a channel, loading its newest messages unless they are there. */
  async openChannel(id) {
    const changed = this.state.channelId !== id;
    this.state.channelId = id;
    this.state.unread.delete(id);
    if (changed) this.state.announce("channel");
    this.state.announce("unread");
    if (!this.state.log(id).loaded) await this.load(id);
  }

  /** The messages before the oldest one here. */
  async loadOlder(id) {
    const log = this.state.log(id);
    if (log.loaded && !log.complete && !log.loading) await this.load(id, log.messages[0]?.id);
  }

  async load(id, before = undefined) {
    const log = this.state.log(id);
    log.loading = true;
    try {
      const data = await this.connection.request("history", { channel: id, limit: PAGE, ...(before ? { before } : {}) });
      log.loaded = true;
      log.complete = !data.more;
      this.state.put(id, data.messages);
    } catch (error) {
      if (this.connection.state === "open") this.say(`The messages could not be loaded: ${error.message}`, { alarm: true });
    } finally {
      log.loading = false;
    }
  }

  send(channel, content, { replyTo = null, ping = true } = {}) {
    return this.connection.request("send", { channel, content, ...(replyTo ? { reply_to: replyTo, ping } : {}) });
  }

  edit(channel, message, content) {
    return this.connection.request("edit", { channel, message, content });
  }

  async remove(channel, message) {
    await this.attempt(this.connection.request("delete", { channel, message }), "The message could not be deleted");
  }

  /** Open a thread below a message; resolves to the new channel's id, or null if it could not be opened. */
  async startThread(message, name) {
    const made = await this.attempt(this.connection.request("thread", { channel: message.channel_id, message: message.id, name }), "The thread could not be opened");
    return made?.id ?? null;
  }

  /** Tell the channel that somebody is writing, now and then. */
  typing(channel) {
    if (Date.now() - this.typedAt < TYPING_EVERY || this.connection.state !== "open") return;
    this.typedAt = Date.now();
    this.connection.request("typing", { channel }).catch(() => {}); // nobody misses a lost typing notice
  }

  async dismiss(channel, message) {
    this.state.remove(channel, message);
    await this.attempt(this.connection.request("dismiss", { channel, message }), "The message could not be dismissed");
  }

  /** Hand over a file for an option of a command; resolves to the attachment. */
  upload(channel, file) {
    return this.connection.upload({ channel, name: file.name }, file);
  }

  autocomplete(channel, command, options) {
    return this.connection.request("autocomplete", { channel, command, options });
  }

  /** Once a connection: examples to try, from the bot's own suggestions for an empty question. */
  async loadExamples(entry) {
    if (this.state.examples.length || this.state.examplesAsked) return;
    this.state.examplesAsked = true;
    const { name, type } = entry.options.find((option) => option.required);
    try {
      const { choices } = await this.autocomplete(this.state.channelId, entry.command.id, nest(entry.path, [{ name, type, value: "", focused: true }]));
      this.state.examples = choices.map((choice) => choice.name);
      this.state.announce("messages", this.state.channelId);
    } catch {
      this.state.examplesAsked = false; // the bot was not there yet; the next empty channel asks again
    }
  }

  command(channel, command, options, label) {
    this.interact("command", { channel, command: command.id, options }, this.commandOutcome(channel, label));
  }

  context(channel, command, target) {
    this.interact("context", { channel, command: command.id, target }, this.commandOutcome(channel, command.name));
  }

  /** A button pressed or a selection made in a message. */
  component(message, component, values) {
    if (this.state.pressed.has(message.id)) return;
    const changed = () => this.state.announce("messages", message.channel_id);
    this.state.failed.delete(message.id);
    this.state.pressed.set(message.id, component.custom_id);
    changed();
    const fields = {
      channel: message.channel_id,
      message: message.id,
      custom_id: component.custom_id,
      component_type: component.type,
      ...(values ? { values } : {}),
    };
    this.interact("component", fields, {
      done: () => {
        this.state.pressed.delete(message.id);
        changed();
      },
      failed: (text) => {
        this.state.pressed.delete(message.id);
        this.state.failed.set(message.id, text || "This interaction failed");
        changed();
      },
    });
  }

  submitModal(interaction, fields, outcome) {
    this.interact("modal", { interaction, fields }, outcome);
  }

  interact(op, fields, outcome) {
    const nonce = this.connection.nonce();
    this.trackers.set(nonce, outcome);
    this.connection.request(op, fields, nonce).catch((error) => this.finish(nonce, "failed", error.message));
  }

  finish(nonce, state, message) {
    const outcome = this.trackers.get(nonce);
    if (!outcome || state === "pending") return;
    this.trackers.delete(nonce);
    if (state === "done") outcome.done?.();
    else outcome.failed?.(message);
  }

  commandOutcome(channel, label) {
    return { failed: (text) => this.state.notice(channel, `${label}: ${text || "The application did not respond"}`) };
  }

  async attempt(promise, what) {
    try {
      return await promise;
    } catch (error) {
      this.say(`${what}: ${error.message}`, { alarm: true });
      return null;
    }
  }

  /** Interactions whose end will not be heard any more, after the connection broke. */
  abandon() {
    for (const nonce of [...this.trackers.keys()]) this.finish(nonce, "failed", "The connection was lost");
  }

  /** One event frame. */
  receive(name, data) {
    const { state } = this;
    switch (name) {
      case "MESSAGE_CREATE":
        this.arrived(data);
        break;
      case "MESSAGE_UPDATE":
        if (state.find(data.channel_id, data.id)) state.put(data.channel_id, [data]);
        break;
      case "MESSAGE_DELETE":
        state.remove(data.channel_id, data.id);
        break;
      case "TYPING_START":
        this.someoneTypes(data);
        break;
      case "COMMANDS_UPDATE":
        state.commands = data.commands;
        state.announce("commands");
        break;
      case "CHANNELS_UPDATE":
        state.channels = data.channels;
        state.announce("channels");
        break;
      case "BOT_STATUS":
        state.botOnline = data.online;
        state.announce("bot");
        break;
      case "MODAL":
        this.showModal(data);
        break;
      case "INTERACTION_STATUS":
        this.finish(data.nonce, data.state, data.message);
        break;
      default: // a newer server may say more than this page knows
    }
  }

  arrived(message) {
    const { state } = this;
    const log = state.log(message.channel_id);
    this.stopsTyping(message.channel_id, message.author.id);
    if (log.loaded || log.loading) state.put(message.channel_id, [message]);
    if (message.channel_id !== state.channelId && !state.isMine(message)) {
      state.unread.add(message.channel_id);
      state.announce("unread");
    }
  }

  someoneTypes({ channel_id: channel, user_id: user }) {
    if (user === this.state.me.id) return;
    const typing = this.state.typing.get(channel) ?? new Map();
    clearTimeout(typing.get(user));
    typing.set(user, setTimeout(() => this.stopsTyping(channel, user), TYPING_LASTS));
    this.state.typing.set(channel, typing);
    this.state.announce("typing", channel);
  }

  stopsTyping(channel, user) {
    const typing = this.state.typing.get(channel);
    if (!typing?.has(user)) return;
    clearTimeout(typing.get(user));
    typing.delete(user);
    this.state.announce("typing", channel);
  }
}
