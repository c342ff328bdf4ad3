// Light, dark, or as the system says.

import { h, icon } from "./dom.js";

const KEY = "citebot.theme";
const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SHOWN = { auto: ["auto", "as the system"], light: ["sun", "light"], dark: ["moon", "dark"] };

function stored() {
  try {
    const theme = localStorage.getItem(KEY);
    return theme in NEXT ? theme : "auto";
  } catch {
    return "auto"; // storage switched off
  }
}

/** Put the chosen colours on; done before anything is drawn. */
export function applyTheme(theme = stored()) {
  document.documentElement.dataset.theme = theme;
  return theme;
}

/** A button that goes through the three. */
export function themeButton() {
  const button = h("button", { type: "button", class: "icon-button" });
  const paint = (theme) => {
    const [name, words] = SHOWN[theme];
    button.replaceChildren(icon(name));
    button.setAttribute("aria-label", `Colours: ${words}`);
    button.title = `Colours: ${words}. Press for ${SHOWN[NEXT[theme]][1]}.`;
  };
  button.addEventListener("click", () => {
    const theme = NEXT[document.documentElement.dataset.theme];
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // storage switched off: the choice lasts as long as the page
    }
    paint(applyTheme(theme));
  });
  paint(stored());
  return button;
}
