// What an option of a slash command takes: the choices that need no asking, and what is typed as its value.

import { avatar } from "./avatar.js";
import { displayName } from "./state.js";

export const [STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT] = [3, 4, 5, 6, 7, 8, 9, 10, 11];

/** The choices that need no asking; null for free text and for what the bot suggests. */
export function choicesFor(option, state) {
  const people = () => [...state.users.values()].map((user) => ({ label: displayName(user), detail: user.bot ? "App" : user.username, value: user.id, mark: avatar(user, "small") }));
  const roles = () => [...state.roles.values()].map((role) => ({ label: role.name, value: role.id }));
  if (option.choices?.length) return option.choices.map((choice) => ({ label: choice.name, value: choice.value }));
  switch (option.type) {
    case BOOLEAN:
      return [{ label: "True", value: true }, { label: "False", value: false }];
    case USER:
      return people();
    case CHANNEL:
      return state.channels.filter((channel) => channel.type === 0).map((channel) => ({ label: channel.name, value: channel.id }));
    case ROLE:
      return roles();
    case MENTIONABLE:
      return [...people(), ...roles()];
    default:
      return null;
  }
}

/** [value, null], or [null, what is wrong with the text]. */
export function typedValue(option, text, state) {
  const local = choicesFor(option, state);
  if (local) {
    const same = local.find((item) => item.label.toLowerCase() === text.toLowerCase().replace(/^[@#]/, ""));
    return same ? [same.value, null] : [null, "Choose one from the list."];
  }
  if (option.type === INTEGER || option.type === NUMBER) {
    const number = Number(text.replace(",", "."));
    if (!Number.isFinite(number) || (option.type === INTEGER && !Number.isInteger(number))) return [null, option.type === INTEGER ? "A whole number, please." : "A number, please."];
    if (option.min_value !== undefined && number < option.min_value) return [null, `At least ${option.min_value}, please.`];
    if (option.max_value !== undefined && number > option.max_value) return [null, `At most ${option.max_value}, please.`];
    return [number, null];
  }
  if (option.min_length && text.length < option.min_length) return [null, `At least ${option.min_length} characters, please.`];
  return [text, null];
}
