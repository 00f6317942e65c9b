/** How the tiles stand: the speaker large, all alike, or two side by side. Keys 1, 2 and 3. */

import { element } from "../stage/dom.js";

const LAYOUTS = /** @type {const} */ (["speaker", "grid", "side"]);

export function offerLayouts() {
  const list = element("tiles", HTMLElement);
  const buttons = LAYOUTS.map((name) => element(`layout-${name}`, HTMLButtonElement));
  const choose = (/** @type {string} */ name) => {
    list.dataset.layout = name;
    LAYOUTS.forEach((each, index) =>
      buttons[index].setAttribute("aria-pressed", String(each === name)),
    );
  };
  LAYOUTS.forEach((name, index) => buttons[index].addEventListener("click", () => choose(name)));
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const isTyping = target.matches("input, textarea, select");
    const isShown = list.checkVisibility();
    if (isTyping || !isShown || event.ctrlKey || event.altKey || event.metaKey) return;
    const name = LAYOUTS[Number(event.key) - 1];
    if (name) choose(name);
  });
  choose("grid");
}
