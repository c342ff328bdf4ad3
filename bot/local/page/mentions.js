// In the composer people stand by name; in a message by id.

import { displayName } from "./state.js";

const CODE = /(```[\s\S]*?```|`[^`\n]*`)/;

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

// All names a text may use, the longest first, so that "@Sam Hill" is not taken for "@Sam".
function targets(state) {
  const all = [];
  for (const user of state.users.values()) {
    for (const name of new Set([displayName(user), user.username])) all.push([`@${name}`, `<@${user.id}>`]);
  }
  for (const channel of state.channels) if (channel.type === 0) all.push([`#${channel.name}`, `<#${channel.id}>`]);
  return all.sort(([a], [b]) => b.length - a.length);
}

/** "@Mira" becomes "<@id>", outside of code. */
export function outgoing(text, state) {
  return text
    .split(CODE)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      let out = part;
      for (const [name, id] of targets(state)) {
        out = out.replace(new RegExp(`(?<![\\p{L}\\p{N}_<])${escaped(name)}(?![\\p{L}\\p{N}_])`, "giu"), id);
      }
      return out;
    })
    .join("");
}

/** The other way round, for editing. */
export function incoming(text, state) {
  const names = state.names();
  return text
    .replace(/<@!?(\d+)>/g, (whole, id) => (names.user(id) ? `@${names.user(id)}` : whole))
    .replace(/<#(\d+)>/g, (whole, id) => (names.channel(id) ? `#${names.channel(id)}` : whole));
}

/** The name being typed before the caret: {start, sign, typed}, or null. */
export function typedName(text, caret) {
  const match = /(?:^|\s)([@#])([\p{L}\p{N}_.-]*)$/u.exec(text.slice(0, caret));
  return match ? { start: caret - match[2].length - 1, sign: match[1], typed: match[2].toLowerCase() } : null;
}

/** People (the bot first) or channels whose name holds what is typed: {label, detail, user}. */
export function candidates(state, { sign, typed }) {
  const found =
    sign === "@"
      ? [...state.users.values()]
          .sort((a, b) => Number(Boolean(b.bot)) - Number(Boolean(a.bot)))
          .map((user) => ({ label: displayName(user), detail: user.bot ? "App" : user.username, user }))
      : state.channels.filter((channel) => channel.type === 0).map((channel) => ({ label: channel.name, detail: channel.topic ?? "" }));
  return found.filter((item) => `${item.label} ${item.user?.username ?? ""}`.toLowerCase().includes(typed));
}
