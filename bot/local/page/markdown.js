// Discord's markdown as a tree. Pure: no document here, richtext.js turns the tree into elements.
//
// Blocks: {type: "paragraph" | "heading" | "subtext" | "quote" | "list" | "fence", ...}
// Inline: a string, or {type: "strong" | "em" | "u" | "s" | "spoiler" | "code" | "link" | "user" | …, ...}

import { inline } from "./inline.js";

const FENCE = /```(?:([\w+#.-]+)\n|\n)?([\s\S]*?)```/g;
const HEADING = /^(#{1,3}) +(.+)$/;
const SUBTEXT = /^-# +(.+)$/;
const QUOTE = /^ *> (.*)$/;
const REST_QUOTE = /^ *>>> ?/;
const ITEM = /^( *)(?:[-*]|(\d{1,9})\.) +(\S.*)$/;
const MAX_LIST_DEPTH = 6;

/** The blocks of a whole text. */
export function parse(source) {
  return withFences(source.replace(/\r\n?/g, "\n"), true);
}

function withFences(text, quotes) {
  const restQuote = quotes ? restQuoteStart(text) : -1;
  const head = restQuote < 0 ? text : text.slice(0, restQuote);
  const blocks = [];
  let from = 0;
  for (const match of head.matchAll(FENCE)) {
    if (match[2].trim() === "" || head[match.index - 1] === "\\" || inQuoteLine(head, match.index)) continue;
    blocks.push(...lines(head.slice(from, match.index).replace(/\n$/, ""), quotes));
    blocks.push({ type: "fence", language: match[1] ?? "", text: match[2].replace(/\n$/, "") });
    from = match.index + match[0].length;
    if (head[from] === "\n") from += 1;
  }
  blocks.push(...lines(head.slice(from), quotes));
  if (restQuote >= 0) {
    blocks.push({ type: "quote", children: withFences(text.slice(restQuote).replace(REST_QUOTE, ""), false) });
  }
  return blocks;
}

// Where ">>> " begins a line outside of a code fence: everything after it is quoted.
function restQuoteStart(text) {
  const fences = [...text.matchAll(FENCE)].map((match) => [match.index, match.index + match[0].length]);
  for (const match of text.matchAll(/^ *>>> /gm)) {
    if (!fences.some(([start, end]) => match.index > start && match.index < end)) return match.index;
  }
  return -1;
}

function inQuoteLine(text, index) {
  return QUOTE.test(text.slice(text.lastIndexOf("\n", index) + 1, index));
}

function lines(text, quotes) {
  if (text === "") return [];
  const all = text.split("\n");
  const blocks = [];
  let plain = [];
  const flush = () => {
    if (plain.length) blocks.push({ type: "paragraph", children: inline(plain.join("\n")) });
    plain = [];
  };
  const block = (value) => {
    if (plain.length === 1 && plain[0] === "" && blocks.length) plain = [];
    flush();
    blocks.push(value);
  };
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at];
    const heading = HEADING.exec(line);
    const subtext = SUBTEXT.exec(line);
    if (heading) block({ type: "heading", level: heading[1].length, children: inline(heading[2]) });
    else if (subtext) block({ type: "subtext", children: inline(subtext[1]) });
    else if (quotes && QUOTE.test(line)) {
      const quoted = [];
      for (; at < all.length && QUOTE.test(all[at]); at += 1) quoted.push(QUOTE.exec(all[at])[1]);
      at -= 1;
      block({ type: "quote", children: withFences(quoted.join("\n"), false) });
    } else if (ITEM.test(line)) {
      const items = [];
      for (; at < all.length; at += 1) {
        const item = ITEM.exec(all[at]);
        if (item) items.push({ indent: item[1].length, number: item[2], text: item[3] });
        else if (/^ {2,}\S/.test(all[at])) items[items.length - 1].text += `\n${all[at].trim()}`;
        else break;
      }
      at -= 1;
      lists(items, 0).forEach(block);
    } else plain.push(line);
  }
  flush();
  return blocks;
}

// Consecutive items by indentation: what stands further in belongs to the item above it, and bullets
// after numbers begin another list.
function lists(items, depth) {
  const base = items[0].indent;
  const out = [];
  for (let at = 0; at < items.length; ) {
    const ordered = items[at].number !== undefined;
    const item = { children: inline(items[at].text), nested: [] };
    let end = at + 1;
    while (depth < MAX_LIST_DEPTH && end < items.length && items[end].indent > base) end += 1;
    if (end > at + 1) item.nested = lists(items.slice(at + 1, end), depth + 1);
    if (out.at(-1)?.ordered === ordered) out.at(-1).items.push(item);
    else out.push({ type: "list", ordered, start: ordered ? Number(items[at].number) : 1, items: [item] });
    at = end;
  }
  return out;
}
