/** The button that copies a router entry; without access to the clipboard there is none. */

import { part } from "../stage/dom.js";

/** @param {HTMLElement} entry - holds a `code` and a button */
export function offerCopy(entry) {
  const button = part(entry, "button", HTMLButtonElement);
  if (!navigator.clipboard || button.onclick) return;
  const label = button.textContent;
  button.hidden = false;
  button.onclick = async () => {
    await navigator.clipboard.writeText(part(entry, "code", HTMLElement).textContent ?? "");
    button.textContent = button.dataset.copied ?? label;
  };
}
