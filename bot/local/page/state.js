// What the page knows: people, channels, commands, messages. Changes are announced by topic.

const KEPT = 400; // messages kept in a channel; older ones are fetched again on scrolling up
export const EPHEMERAL = 1 << 6;
export const LOADING = 1 << 7;

export const DIRECT = 1;
export const THREAD = 11;

/** A person's name as the server shows it. */
export function displayName(user) {
  return user.nick ?? user.global_name ?? user.username;
}

/** -1, 0 or 1 by age: ids are too long for numbers, and grow with time. */
export function byAge(a, b) {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Topics: hello, channel, channels, messages, typing, bot, commands, unread. */
export class State {
  constructor() {
    this.listeners = new Map();
    this.connection = { state: "connecting", wait: 0, failures: 0 };
    this.channelId = null;
    this.reset();
  }

  reset() {
    this.me = null;
    this.bot = null;
    this.botOnline = false;
    this.moderators = new Set(); // ids of the people who may manage the server
    this.serverName = "";
    this.examples = [];
    this.examplesAsked = false;
    this.roles = new Map();
    this.users = new Map();
    this.channels = [];
    this.commands = [];
    this.forget();
  }

  /** Drop everything that belongs to one connection: it is loaded anew. */
  forget() {
    this.logs = new Map();
    this.typing = new Map();
    this.unread = new Set();
    this.pressed = new Map(); // message id -> custom_id of the component at work
    this.failed = new Map(); // message id -> what to say below it
    this.notices = new Map(); // channel id -> lines only this page shows
  }

  on(topic, listener) {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  announce(topic, detail) {
    for (const listener of this.listeners.get(topic) ?? []) listener(detail);
  }

  /** Take over a hello frame; stays in the channel of the same name where there is one. */
  hello(frame) {
    const before = this.channels.find((channel) => channel.id === this.channelId);
    this.forget();
    this.me = frame.me;
    this.bot = frame.bot ?? null;
    this.users = new Map([...frame.users, ...(frame.bot ? [frame.bot] : []), frame.me].map((user) => [user.id, user]));
    this.channels = frame.channels;
    this.commands = frame.commands ?? [];
    this.botOnline = Boolean(frame.bot_online);
    this.moderators = new Set(Object.entries(frame.permissions ?? {}).filter(([, may]) => may.manage_guild).map(([id]) => id));
    this.serverName = frame.server.name;
    this.examples = frame.examples ?? [];
    this.examplesAsked = false;
    this.roles = new Map((frame.roles ?? []).map((role) => [role.id, role]));
    const same = before && this.channels.find((channel) => channel.type === before.type && (channel.type === 1 || channel.name === before.name));
    this.channelId = (same ?? null)?.id ?? null;
    this.announce("hello");
  }

  get moderator() {
    return this.moderators.has(this.me?.id);
  }

  get channel() {
    return this.channels.find((channel) => channel.id === this.channelId) ?? null;
  }

  /** What people call a channel: "#general", or the name of the other one in a direct message. */
  channelName(channel) {
    return channel.type === 1 ? displayName(channel.recipient ?? this.bot ?? { username: "Direct message" }) : channel.name;
  }

  log(channelId) {
    if (!this.logs.has(channelId)) this.logs.set(channelId, { messages: [], loaded: false, complete: false, loading: false });
    return this.logs.get(channelId);
  }

  find(channelId, messageId) {
    return this.log(channelId).messages.find((message) => message.id === messageId);
  }

  /** Add or replace messages, oldest first, and learn their authors. */
  put(channelId, messages) {
    const log = this.log(channelId);
    const known = new Map(log.messages.map((message) => [message.id, message]));
    for (const message of messages) {
      known.set(message.id, { ...known.get(message.id), ...message });
      for (const user of [message.author, ...(message.mentions ?? [])]) {
        if (user && !this.users.has(user.id)) this.users.set(user.id, user);
      }
    }
    log.messages = [...known.values()].sort(byAge);
    if (log.messages.length > KEPT && messages.length === 1) {
      log.messages = log.messages.slice(-KEPT);
      log.complete = false;
    }
    this.announce("messages", channelId);
  }

  remove(channelId, messageId) {
    const log = this.log(channelId);
    log.messages = log.messages.filter((message) => message.id !== messageId);
    this.pressed.delete(messageId);
    this.failed.delete(messageId);
    this.announce("messages", channelId);
  }

  /** A line that only this page shows, such as a command that got no answer. */
  notice(channelId, text) {
    const line = { id: `notice-${Date.now()}-${Math.random()}`, text };
    this.notices.set(channelId, [...(this.notices.get(channelId) ?? []), line]);
    this.announce("messages", channelId);
  }

  dismissNotice(channelId, id) {
    this.notices.set(channelId, (this.notices.get(channelId) ?? []).filter((line) => line.id !== id));
    this.announce("messages", channelId);
  }

  /** Names for richtext.js, with the people a message brings along. */
  names(message = null) {
    const brought = new Map((message?.mentions ?? []).map((user) => [user.id, user]));
    return {
      user: (id) => {
        const user = this.users.get(id) ?? brought.get(id);
        return user ? displayName(user) : null;
      },
      role: (id) => this.roles.get(id)?.name ?? null,
      channel: (id) => this.channels.find((channel) => channel.id === id)?.name ?? null,
      isMe: (id) => id === this.me?.id,
    };
  }

  isMine(message) {
    return message.author?.id === this.me?.id;
  }

  /** Whether a message is one's own, or comes of what one said, pressed or commanded. */
  concernsMe(message) {
    const used = (message.interaction_metadata ?? message.interaction)?.user?.id;
    const said = message.referenced_message?.author?.id;
    return [message.author?.id, used, said].includes(this.me?.id) || Boolean((message.flags ?? 0) & EPHEMERAL);
  }

  mentionsMe(message) {
    return (message.mentions ?? []).some((user) => user.id === this.me?.id) && !this.isMine(message);
  }
}
