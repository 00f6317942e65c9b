/** Everybody in the conference as a list: who is there, who is in the room with them. */

import { copyOf, element, part } from "../stage/dom.js";

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} role
 * @property {string} said - where they are
 * @property {string[]} present
 */

/** @param {HTMLElement} row @param {Row} content */
export function fill(row, { name, role, said, present }) {
  part(row, ".seat-name", HTMLElement).textContent = name;
  part(row, ".seat-role", HTMLElement).textContent = role;
  const line = part(row, ".seat-said", HTMLElement);
  if (line.textContent !== said) line.textContent = said;
  const others = part(row, ".seat-present", HTMLElement);
  others.hidden = present.length < 2;
  part(others, "span", HTMLElement).textContent = present.join(", ");
}

/** @returns {HTMLElement} a row at the end of the list */
export function newRow() {
  const row = copyOf("seat-template");
  element("seats", HTMLElement).append(row);
  return row;
}

/** The panel opens and closes like the chat. */
export function offerPanel() {
  const panel = element("people", HTMLElement);
  const toggle = element("toggle-people", HTMLButtonElement);
  const show = (/** @type {boolean} */ isOpen) => {
    panel.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
  };
  toggle.addEventListener("click", () => show(Boolean(panel.hidden)));
  element("close-people", HTMLButtonElement).addEventListener("click", () => {
    show(false);
    toggle.focus();
  });
  return { show };
}
