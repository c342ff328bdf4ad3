// What somebody began to write, kept by person and channel. By name, not by id: ids are new with every start.

const PREFIX = "citebot.draft.";

function place(state) {
  const { me, channel } = state;
  return me && channel ? `${PREFIX}${me.username}.${channel.type === 1 ? "@bot" : channel.name}` : null;
}

/** The draft for the person and channel shown: {text} or {command, values}; an empty text if there is none. */
export function loadDraft(state) {
  try {
    return JSON.parse(localStorage.getItem(place(state)) ?? "null") ?? { text: "" };
  } catch {
    return { text: "" }; // another program's entry, or storage switched off
  }
}

export function saveDraft(state, draft) {
  const key = place(state);
  if (!key) return;
  try {
    if (draft.text || draft.command) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    // storage switched off or full: the draft lives as long as the page
  }
}
