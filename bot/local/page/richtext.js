// The markdown tree as elements. Every word of a message goes through textContent, none through markup.

import { h } from "./dom.js";
import { inline, webAddress } from "./inline.js";
import { parse } from "./markdown.js";
import { styled } from "./time.js";

const EMPHASIS = { strong: "strong", em: "em", u: "u", s: "s" };
const ONLY_EMOJI = /^(?:\s*(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f))+\s*$/u;

/** A whole message text. `names` resolves ids: user(id), role(id), channel(id), isMe(id). */
export function richText(text, names) {
  const size = ONLY_EMOJI.test(text) && [...text].length <= 27 ? " jumbo" : "";
  return h("div", { class: `rich${size}` }, parse(text).map((block) => blockElement(block, names)));
}

/** One line's worth: a title, a field's name. `links: false` where the whole line is a link already. */
export function richLine(text, names, { links = true } = {}) {
  return inline(text, { links }).map((node) => inlineElement(node, names));
}

/** The text without its marks, for the one-line view of a replied message. */
export function flatText(text, names) {
  const holder = h("div", {}, parse(text).map((block) => [blockElement(block, names), " "]));
  for (const hidden of holder.querySelectorAll(".spoiler")) hidden.textContent = "▇▇▇";
  return holder.textContent.replace(/\s+/g, " ").trim();
}

/** A link that tells nobody where it was clicked, with its real host as tooltip. */
export function link(url, children, props = {}) {
  return h("a", { href: url.href, title: url.hostname, target: "_blank", rel: "noopener noreferrer nofollow", ...props }, children);
}

/** A link if the address is a web address, else only its text. */
export function linkOrText(address, children, props = {}) {
  const url = typeof address === "string" ? webAddress(address) : null;
  return url ? link(url, children, props) : h("span", props, children);
}

function blockElement(block, names) {
  const children = (nodes) => nodes.map((node) => inlineElement(node, names));
  switch (block.type) {
    case "heading":
      // h1 to h3 of a message stand below the page's own headings
      return h("div", { class: `heading heading-${block.level}`, role: "heading", "aria-level": block.level + 3 }, children(block.children));
    case "subtext":
      return h("div", { class: "subtext" }, children(block.children));
    case "quote":
      return h("blockquote", {}, block.children.map((child) => blockElement(child, names)));
    case "fence":
      return h("pre", { tabindex: 0, "aria-label": block.language ? `Code, ${block.language}` : "Code" }, h("code", { text: block.text }));
    case "list":
      return h(
        block.ordered ? "ol" : "ul",
        { start: block.ordered && block.start !== 1 ? block.start : null },
        block.items.map((item) => h("li", {}, children(item.children), item.nested.map((nested) => blockElement(nested, names)))),
      );
    default:
      return h("p", {}, children(block.children));
  }
}

function inlineElement(node, names) {
  if (typeof node === "string") return document.createTextNode(node);
  const children = () => node.children.map((child) => inlineElement(child, names));
  switch (node.type) {
    case "spoiler":
      return spoiler(children());
    case "code":
      return h("code", { text: node.text });
    case "link":
      return link(node.url, children());
    case "user":
      return h("span", { class: names.isMe(node.id) ? "mention mention-me" : "mention", text: `@${names.user(node.id) ?? "unknown-user"}` });
    case "role":
      return h("span", { class: "mention", text: `@${names.role(node.id) ?? "unknown-role"}` });
    case "channel":
      return h("span", { class: "mention", text: `#${names.channel(node.id) ?? "unknown-channel"}` });
    case "everyone":
      return h("span", { class: "mention", text: node.text });
    case "command":
      return h("span", { class: "mention", text: `/${node.name}` });
    case "emoji":
      return h("span", { class: "emoji-name", text: `:${node.name}:` });
    case "time":
      return timestamp(node);
    default:
      return h(EMPHASIS[node.type], {}, children());
  }
}

function timestamp({ seconds, style }) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(`<t:${seconds}:${style}>`);
  const data = style === "R" ? { relative: "" } : {};
  return h("time", { class: "stamp", datetime: date.toISOString(), title: styled(date, "F"), data, text: styled(date, style) });
}

function spoiler(children) {
  const inner = h("span", { class: "spoiler-text", inert: true, "aria-hidden": "true" }, children);
  const outer = h("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": "Spoiler: press to show" }, inner);
  const show = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (outer.classList.contains("shown")) return;
    event.preventDefault();
    outer.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) outer.removeAttribute(name);
    for (const name of ["inert", "aria-hidden"]) inner.removeAttribute(name);
  };
  outer.addEventListener("click", show);
  outer.addEventListener("keydown", show);
  return outer;
}
