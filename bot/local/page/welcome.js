// The head of a channel's history; in an empty channel, what to try.

import { h, icon } from "./dom.js";
import { displayName } from "./state.js";

const EXAMPLES = 4;

/** `onFill(text)` puts a text into the composer. */
export function welcomeElement(channel, empty, { state, onFill }) {
  const direct = channel.type === 1;
  const name = state.channelName(channel);
  return h(
    "section",
    { class: "welcome", "aria-label": "Beginning of the channel" },
    h("h3", { class: "welcome-title", text: direct ? name : `#${name}` }),
    h("p", { text: direct ? `Your direct messages with ${name}. It answers here without being mentioned.` : channel.topic || `This is the beginning of #${name}.` }),
    empty ? hints(state, direct, onFill) : null,
  );
}

function hints(state, direct, onFill) {
  const bot = state.bot ? displayName(state.bot) : "the bot";
  const call = direct ? "" : `@${bot} `;
  const examples = state.examples.slice(0, EXAMPLES);
  const ways = [
    direct ? ["send", "Just ask", "", "Write a question in your own words."] : ["at", `Mention ${bot}`, call, "Then ask in your own words."],
    ["slash", "Use a command", "/", "Type / to see what there is."],
  ];
  return [
    h(
      "div",
      { class: "ways" },
      ways.map(([mark, label, text, detail]) =>
        h("button", { type: "button", class: "way", on: { click: () => onFill(text) } }, icon(mark), h("span", {}, h("strong", { text: label }), h("small", { text: detail }))),
      ),
    ),
    examples.length > 0 && h("p", { class: "section-label", text: "For example" }),
    examples.length > 0 &&
      h("div", { class: "examples" }, examples.map((question) => h("button", { type: "button", class: "example", text: question, on: { click: () => onFill(call + question) } }))),
    h("p", { class: "welcome-more", text: "A right click on any message, or its ⋯ button, shows what else can be done with it." }),
  ];
}
