// A small tile instead of a picture: initials in a colour of one's own, quotation marks for the bot.

import { h, icon } from "./dom.js";
import { displayName } from "./state.js";

const COLOURS = 6;

/** The tile of a user, decoration only: the name always stands beside it. */
export function avatar(user, size = "medium") {
  const colour = user.bot ? "bot" : [...user.username].reduce((sum, letter) => (sum * 7 + letter.codePointAt(0)) % 997, 0) % COLOURS;
  const sign = user.bot ? icon("quotes") : [...displayName(user)].slice(0, 1).join("").toUpperCase();
  return h("span", { class: `avatar avatar-${size} avatar-${colour}`, "aria-hidden": "true" }, sign);
}

/** The small mark after a bot's name. */
export function botTag(user) {
  return user.bot ? h("span", { class: "tag", text: "APP" }) : null;
}
