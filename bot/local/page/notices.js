// Words of the page itself: a short note at the edge, and the banner for a lost connection.

import { h } from "./dom.js";

const NOTE_LASTS = 5000; // ms
const RESTARTED_AFTER = 3; // failures in a row after which the server was probably started anew

/** A note that goes by itself; `alarm` for what went wrong. */
export function say(text, { alarm = false } = {}) {
  const holder = document.getElementById("notes");
  const note = h("div", { class: alarm ? "note alarm" : "note", role: alarm ? "alert" : "status", text });
  holder.append(note);
  setTimeout(() => note.remove(), NOTE_LASTS);
}

/** Show, change or hide the banner. `known`: whether this page has ever been connected. */
export function connectionBanner(root, { state, failures }, { known, onRetry }) {
  if (state === "open") {
    root.hidden = true;
    root.replaceChildren();
    return;
  }
  if (failures === 0) return; // the first attempt: nothing is wrong yet
  root.hidden = false;
  if (state === "connecting" && root.firstChild) {
    root.querySelector("span").textContent = "Connecting again…";
    return;
  }
  const hint =
    failures >= RESTARTED_AFTER ? " If the bot was started anew, open the address it printed." : known ? " What you are writing is kept." : " Open the address that the bot printed.";
  root.replaceChildren(
    h("span", { text: known ? "Connection lost. Trying again…" : "No connection to the local server." }),
    h("small", { text: hint }),
    h("button", { type: "button", class: "text-button", text: "Try now", on: { click: onRetry } }),
  );
}
