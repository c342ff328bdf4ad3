// One embed: a card with a coloured edge.

import { h } from "./dom.js";
import { linkOrText, richLine, richText } from "./richtext.js";
import { webAddress } from "./inline.js";
import { messageTime } from "./time.js";

const FIELDS_A_ROW = 3;

/** `#rrggbb` for Discord's colour number, or null. */
export function colour(number) {
  return Number.isInteger(number) && number >= 0 && number <= 0xffffff ? `#${number.toString(16).padStart(6, "0")}` : null;
}

export function embedElement(embed, names) {
  const card = h(
    "section",
    { class: "embed", "aria-label": embed.title ? `Embed: ${embed.title}` : "Embed" },
    embed.author?.name && linkOrText(embed.author.url, embed.author.name, { class: "embed-author" }),
    embed.title && title(embed, names),
    embed.description && h("div", { class: "embed-description" }, richText(embed.description, names)),
    embed.fields?.length && fields(embed.fields, names),
    picture(embed.image),
    picture(embed.thumbnail),
    footer(embed),
  );
  const edge = colour(embed.color);
  if (edge) card.style.setProperty("--edge", edge);
  return card;
}

function title(embed, names) {
  const linked = typeof embed.url === "string" && webAddress(embed.url) !== null;
  return h(
    "div",
    { class: "embed-title", role: "heading", "aria-level": 4 },
    linkOrText(embed.url, richLine(embed.title, names, { links: !linked })),
  );
}

// Inline fields share a row, up to three; the others have one to themselves.
function fields(list, names) {
  const grid = h("dl", { class: "embed-fields" });
  for (let at = 0; at < list.length; ) {
    let count = 1;
    if (list[at].inline) while (count < FIELDS_A_ROW && list[at + count]?.inline) count += 1;
    for (const field of list.slice(at, at + count)) {
      grid.append(
        h(
          "div",
          { class: `embed-field span-${list[at].inline ? count : 1}` },
          h("dt", {}, richLine(field.name, names)),
          h("dd", {}, richText(field.value, names)),
        ),
      );
    }
    at += count;
  }
  return grid;
}

/** The URL of something that lies on this very server, else null: the page never asks another host for anything. */
export function ownAddress(address) {
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : null;
  return url?.origin === window.location.origin ? url : null;
}

function picture(image) {
  if (typeof image?.url !== "string") return null;
  const url = ownAddress(image.url);
  if (url) return h("img", { class: "embed-image", src: url.href, alt: image.description ?? "", loading: "lazy" });
  return h("div", { class: "embed-elsewhere" }, "Picture, not loaded here: ", linkOrText(image.url, image.url));
}

function footer(embed) {
  const date = embed.timestamp ? new Date(embed.timestamp) : null;
  const when = date && !Number.isNaN(date.getTime()) ? h("time", { datetime: date.toISOString(), text: messageTime(date) }) : null;
  if (!embed.footer?.text && !when) return null;
  return h("footer", { class: "embed-footer" }, embed.footer?.text && h("span", { text: embed.footer.text }), embed.footer?.text && when && " · ", when);
}
