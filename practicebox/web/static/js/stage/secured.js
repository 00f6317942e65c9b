/**
 * Says who is proved to be on the other side (docs/protocol.md, section 2): with a letter the pages
 * know it themselves, without one two people compare a number.
 */

import { on } from "../call/events.js";
import { element, say } from "./dom.js";

const READ = 8000; // milliseconds; what is confirmed need not cover the picture for ever

/** @param {import("./call.js").Call} call */
export function showSecured({ connection }) {
  const box = element("secured", HTMLElement);
  const said = element("secured-said", HTMLElement);
  const same = document.getElementById("same-number"); // on the clinician's page only
  let shown = "";
  let timer = 0;
  const draw = () => {
    const isSame = same instanceof HTMLInputElement && same.checked;
    const word = !shown ? "letter" : isSame ? "confirmed" : "number";
    say(said, word, { number: `${shown.slice(0, 3)}\u202f${shown.slice(3)}` });
    box.dataset.word = word;
    clearTimeout(timer);
    if (word !== "number") timer = window.setTimeout(() => (box.hidden = true), READ);
  };
  on(connection, "secured", ({ number }) => {
    box.hidden = number === null;
    if (number === null) return;
    if (same instanceof HTMLInputElement) {
      same.checked = same.checked && number === shown;
      /** @type {HTMLElement} */ (same.parentElement).hidden = !number;
    }
    shown = number;
    draw();
  });
  same?.addEventListener("change", draw);
  const changed = element("rescue-changed", HTMLElement);
  for (const type of ["rejected", "refused"]) on(connection, type, () => (changed.hidden = false));
  on(connection, "state", ({ state }) => (changed.hidden ||= state === "connected"));
}
