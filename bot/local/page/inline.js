// The inline half of Discord's markdown: emphasis, code, links, mentions, timestamps.

const MAX_DEPTH = 12;
const SPECIAL = /[\\`*_~|[<@]|https?:\/\//g;
const PAIRS = [["***", "both"], ["**", "strong"], ["__", "u"], ["~~", "s"], ["||", "spoiler"], ["*", "em"], ["_", "em"]];
const ANGLE = [
  [/^<@!?(\d{1,20})>/, (m) => ({ type: "user", id: m[1] })],
  [/^<@&(\d{1,20})>/, (m) => ({ type: "role", id: m[1] })],
  [/^<#(\d{1,20})>/, (m) => ({ type: "channel", id: m[1] })],
  [/^<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/, (m) => ({ type: "time", seconds: Number(m[1]), style: m[2] ?? "f" })],
  [/^<\/([^:>\n]{1,100}):\d{1,20}>/, (m) => ({ type: "command", name: m[1] })],
  [/^<a?:(\w{2,32}):\d{1,20}>/, (m) => ({ type: "emoji", name: m[1] })],
];
const WORD = /[\p{L}\p{N}_]/u;

/** The inline nodes of one run of text. `links: false` inside a link's own label. */
export function inline(text, { links = true, depth = 0 } = {}) {
  const out = [];
  const failed = new Set(); // markers without a closing partner: looked for once, not once per place
  let plain = "";
  let at = 0;
  const push = (node) => {
    if (plain) out.push(plain);
    plain = "";
    out.push(node);
  };
  while (at < text.length) {
    SPECIAL.lastIndex = at;
    const hit = SPECIAL.exec(text);
    if (!hit) break;
    plain += text.slice(at, hit.index);
    at = hit.index;
    const found = special(text, at, { links, depth, failed });
    if (!found) {
      const step = hit[0].length > 1 ? hit[0].length : 1;
      plain += text.slice(at, at + step);
      at += step;
    } else if (typeof found.node === "string") {
      plain += found.node;
      at = found.end;
    } else {
      push(found.node);
      at = found.end;
    }
  }
  plain += text.slice(at);
  if (plain) out.push(plain);
  return out;
}

/** Only web addresses become links: the parsed URL, or null. */
export function webAddress(text) {
  if (!/^https?:\/\//i.test(text) || /\s/.test(text)) return null;
  try {
    const url = new URL(text);
    return url.hostname ? url : null;
  } catch {
    return null;
  }
}

function special(text, at, context) {
  const char = text[at];
  if (char === "\\") {
    const next = text[at + 1];
    return next && /[^\p{L}\p{N}\s]/u.test(next) ? { node: next, end: at + 2 } : null;
  }
  if (char === "`") return code(text, at);
  if (char === "[") return context.links ? masked(text, at, context) : null;
  if (char === "<") return angle(text, at, context);
  if (char === "@") {
    const everyone = /^@(everyone|here)\b/.exec(text.slice(at, at + 10));
    return everyone ? { node: { type: "everyone", text: everyone[0] }, end: at + everyone[0].length } : null;
  }
  if (char === "h" || char === "H") return context.links ? bare(text, at) : null;
  return pair(text, at, context);
}

function code(text, at) {
  const ticks = /^`+/.exec(text.slice(at, at + 16))[0];
  for (let end = text.indexOf(ticks, at + ticks.length); end >= 0; end = text.indexOf(ticks, end)) {
    const run = /^`+/.exec(text.slice(end))[0];
    if (run.length === ticks.length) {
      const value = text.slice(at + ticks.length, end).replace(/^ (?=.*\S.*)(.+) $/s, "$1");
      return { node: { type: "code", text: value }, end: end + ticks.length };
    }
    end += run.length;
  }
  return { node: ticks, end: at + ticks.length };
}

function angle(text, at, { links }) {
  const rest = text.slice(at, at + 140);
  for (const [pattern, make] of ANGLE) {
    const match = pattern.exec(rest);
    if (match) return { node: make(match), end: at + match[0].length };
  }
  const address = links ? /^<(https?:\/\/[^\s<>]+)>/.exec(text.slice(at, at + 2100)) : null;
  const url = address && webAddress(address[1]);
  return url ? { node: { type: "link", url, children: [address[1]] }, end: at + address[0].length } : null;
}

// [label](address "title"): a label that itself looks like an address could lie, so it stays as typed.
function masked(text, at, context) {
  let open = 0;
  let close = -1;
  for (let i = at; i < text.length && close < 0; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === "[") open += 1;
    else if (text[i] === "]" && (open -= 1) === 0) close = i;
    else if (text[i] === "\n" && text[i + 1] === "\n") return null;
  }
  if (close < 0 || text[close + 1] !== "(") return null;
  const target = /^\(\s*(?:<([^<>\n]+)>|((?:[^\s()]|\([^\s()]*\))+))(?:\s+"[^"\n]*")?\s*\)/.exec(text.slice(close + 1, close + 2200));
  const url = target && webAddress(target[1] ?? target[2]);
  const label = text.slice(at + 1, close);
  if (!url || !label.trim() || /https?:\/\//i.test(label)) {
    return target ? { node: text.slice(at, close + 1 + target[0].length), end: close + 1 + target[0].length } : null;
  }
  const children = inline(label, { links: false, depth: context.depth + 1 });
  return { node: { type: "link", url, children }, end: close + 1 + target[0].length };
}

function bare(text, at) {
  let address = /^https?:\/\/[^\s<>]+/i.exec(text.slice(at, at + 2100))?.[0] ?? "";
  for (let last = address.at(-1); last && /[.,:;!?"'*_~|)\]]/.test(last); last = address.at(-1)) {
    if (last === ")" && address.split("(").length >= address.split(")").length) break;
    address = address.slice(0, -1);
  }
  const url = webAddress(address);
  return url ? { node: { type: "link", url, children: [address] }, end: at + address.length } : null;
}

function pair(text, at, { links, depth, failed }) {
  if (depth >= MAX_DEPTH) return null;
  for (const [marker, type] of PAIRS) {
    if (!text.startsWith(marker, at) || failed.has(marker)) continue;
    if (marker === "_" && at > 0 && WORD.test(text[at - 1])) continue;
    if (marker.length === 1 && (text[at + 1] === undefined || /\s/.test(text[at + 1]))) continue;
    const end = closing(text, at + marker.length, marker);
    if (end < 0) {
      failed.add(marker);
      continue;
    }
    const children = inline(text.slice(at + marker.length, end), { links, depth: depth + 1 });
    const node = type === "both" ? { type: "strong", children: [{ type: "em", children }] } : { type, children };
    return { node, end: end + marker.length };
  }
  return null;
}

// The place of the closing marker, past escapes, code and longer markers of the same character.
function closing(text, from, marker) {
  const char = marker[0];
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === "`") i = code(text, i).end - 1;
    else if (text[i] === char) {
      let run = 1;
      while (text[i + run] === char) run += 1;
      const end = i + run - marker.length;
      if (end > from && closes(text, i, run, marker)) return end;
      i += run - 1;
    }
  }
  return -1;
}

function closes(text, at, run, marker) {
  if (marker === "*") return run !== 2 && !/\s/.test(text[at - 1] ?? " ");
  if (marker === "_") return run !== 2 && !WORD.test(text[at + run] ?? " ");
  return run >= marker.length;
}
