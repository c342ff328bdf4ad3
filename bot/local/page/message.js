// One message as an element.

import { avatar, botTag } from "./avatar.js";
import { componentElements } from "./components.js";
import { embedElement, ownAddress } from "./embed.js";
import { h, icon, iconButton } from "./dom.js";
import { flatText, richText } from "./richtext.js";
import { EPHEMERAL, LOADING, displayName } from "./state.js";
import { messageTime, styled } from "./time.js";

const SNIPPET = 120;

/** The author's name as this channel shows it. */
export function authorName(message) {
  return displayName({ ...message.author, ...(message.member?.nick ? { nick: message.member.nick } : {}) });
}

export const isEphemeral = (message) => Boolean((message.flags ?? 0) & EPHEMERAL);
export const isThinking = (message) => Boolean((message.flags ?? 0) & LOADING);

/** Whether a message needs its own head, or continues the one before it. */
export function startsGroup(message, previous) {
  if (!previous || answers(message) || commandUse(message) || isEphemeral(message) !== isEphemeral(previous)) return true;
  const apart = new Date(message.timestamp) - new Date(previous.timestamp);
  return previous.author.id !== message.author.id || apart > 7 * 60_000;
}

/** `page`: {state, actions, onReply, onEdit, onMenu, onJump}. */
export function messageElement(message, { grouped, page }) {
  const { state } = page;
  const date = new Date(message.timestamp);
  const classes = ["message", grouped && "grouped", isEphemeral(message) && "ephemeral", state.mentionsMe(message) && "for-me"];
  const nameId = `author-${message.id}`;
  const element = h(
    "article",
    { class: classes.filter(Boolean).join(" "), id: `message-${message.id}`, tabindex: -1, data: { id: message.id }, "aria-labelledby": nameId },
    commandUse(message) && usedCommand(message, page),
    answers(message) && repliedTo(message, page),
    h(
      "div",
      { class: "message-row" },
      grouped ? h("time", { class: "message-side", datetime: date.toISOString(), text: styled(date, "t"), "aria-hidden": "true" }) : avatar(message.author),
      h(
        "div",
        { class: "message-main" },
        h(
          "header",
          { class: grouped ? "message-head quiet" : "message-head" },
          h("span", { class: "author", id: nameId, text: authorName(message) }),
          botTag(message.author),
          h("time", { datetime: date.toISOString(), title: styled(date, "F"), text: messageTime(date) }),
        ),
        body(message, page),
      ),
    ),
    tools(message, page),
  );
  return element;
}

function body(message, page) {
  const { state, actions } = page;
  const names = state.names(message);
  if (isThinking(message)) {
    return h("div", { class: "thinking", role: "status" }, dots(), h("span", { text: `${authorName(message)} is thinking…` }), ephemeralNote(message, page));
  }
  const edited = message.edited_timestamp
    ? h("span", { class: "edited", title: styled(new Date(message.edited_timestamp), "F"), text: "(edited)" })
    : null;
  const text = message.content ? richText(message.content, names) : null;
  const failure = state.failed.get(message.id);
  if (text && edited) (text.lastElementChild?.tagName === "P" ? text.lastElementChild : text).append(" ", edited);
  return [
    text,
    (message.embeds ?? []).map((embed) => embedElement(embed, names)),
    (message.attachments ?? []).map(attachment),
    componentElements(message, { state, actions }),
    !text && edited,
    message.reactions?.length && h("div", { class: "reactions" }, message.reactions.map((reaction) => h("span", { class: "reaction", text: `${reaction.emoji.name} ${reaction.count}` }))),
    failure && h("div", { class: "failure", role: "alert", text: failure }),
    ephemeralNote(message, page),
  ];
}

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

// A file lies on this server; anything else is only named.
function attachment(file) {
  const url = ownAddress(file.url);
  if (url && PICTURES.has(file.content_type)) return h("img", { class: "embed-image", src: url.href, alt: file.description ?? file.filename, loading: "lazy" });
  return h(url ? "a" : "div", { class: "attachment", href: url?.href, download: url ? file.filename : null }, icon("copy"), h("span", { text: file.filename }));
}

/** Three dots that move while somebody writes. */
export function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

function ephemeralNote(message, { actions }) {
  if (!isEphemeral(message)) return null;
  return h(
    "div",
    { class: "only-you" },
    icon("eye"),
    "Only you can see this · ",
    h("button", { type: "button", class: "text-button", text: "Dismiss message", on: { click: () => actions.dismiss(message.channel_id, message.id) } }),
  );
}

// A thread's first message refers to the channel, but answers nothing.
const answers = (message) => Boolean(message.message_reference) && message.type !== 21;

// The command behind a message, also where a modal stood in between.
function commandUse(message) {
  let meta = message.interaction_metadata ?? message.interaction;
  if (meta?.type === 5) meta = meta.triggering_interaction_metadata;
  return meta?.type === 2 ? { name: message.interaction?.name, ...meta } : null;
}

function repliedTo(message, page) {
  const target = message.referenced_message;
  if (!target) return h("div", { class: "origin" }, h("em", { text: "The message this answers was deleted" }));
  const names = page.state.names(target);
  const said = snippet(flatText(target.content ?? "", names)) || target.embeds?.[0]?.title || "a message without text";
  return h(
    "button",
    { type: "button", class: "origin", title: "Go to this message", on: { click: () => page.onJump(target.id) } },
    icon("reply"),
    avatar(target.author, "small"),
    h("span", { class: "author", text: authorName(target) }),
    h("span", { class: "origin-text", text: said }),
  );
}

function usedCommand(message, { state }) {
  const meta = commandUse(message);
  const name = meta.name ?? "a command";
  const slash = meta.target_message_id || message.type === 23 ? name : `/${name}`;
  const user = state.users.get(meta.user?.id) ?? meta.user;
  return h(
    "div",
    { class: "origin" },
    icon("slash"),
    user && avatar(user, "small"),
    h("span", { class: "author", text: user ? displayName(user) : "Someone" }),
    " used ",
    h("span", { class: "mention", text: slash }),
  );
}

function snippet(text) {
  return [...text].length > SNIPPET ? `${[...text].slice(0, SNIPPET).join("")}…` : text;
}

function tools(message, page) {
  const { state } = page;
  const plain = !isEphemeral(message);
  return h(
    "div",
    { class: "message-tools", role: "group", "aria-label": "Message actions" },
    plain && iconButton("reply", "Reply", () => page.onReply(message)),
    plain && state.isMine(message) && iconButton("edit", "Edit", () => page.onEdit(message)),
    iconButton("more", "More", (event) => page.onMenu(message, event.currentTarget), { "aria-haspopup": "menu" }),
  );
}
