/**
 * Who is in the room on this side, ticked before entering: everybody is introduced at the start
 * (Anlage 31b BMV-Ä, section 3).
 */

import { element, part, say } from "../stage/dom.js";

/**
 * @param {string} own - name of the person at this page, already in the list
 * @returns {{read: () => string[] | null}} the names; null where something is missing, which is
 *   said and focused
 */
export function askWhoIsPresent(own) {
  const list = element("present", HTMLElement);
  const trouble = element("present-trouble", HTMLElement);
  part(list, ".present-own", HTMLElement).textContent = own;
  const rows = [...list.querySelectorAll(".present-other")].map((row) => ({
    tick: part(/** @type {HTMLElement} */ (row), "input[type=checkbox]", HTMLInputElement),
    name: part(/** @type {HTMLElement} */ (row), "input[type=text]", HTMLInputElement),
  }));
  for (const { tick, name } of rows) {
    name.addEventListener("input", () => (tick.checked = name.value.trim() !== ""));
  }
  const self = part(list, "#present-self", HTMLInputElement);
  return {
    read() {
      const nameless = rows.find(({ tick, name }) => tick.checked && !name.value.trim());
      const missing = self.checked ? nameless?.name : self;
      say(trouble, self.checked ? (nameless ? "noName" : "") : "noSelf");
      trouble.hidden = !missing;
      missing?.focus();
      if (missing) return null;
      const others = rows.filter(({ tick }) => tick.checked).map(({ name }) => name.value.trim());
      return [own, ...others];
    },
  };
}
