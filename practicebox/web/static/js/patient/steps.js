/** The steps of a visit: one is shown, its heading focused, and the tab remembers how far we are. */

import { element } from "../stage/dom.js";

/** @typedef {"explain" | "preview" | "waiting" | "call" | "ended"} Step */

const KEY = "step";

/** @param {Step} step */
export function show(step) {
  for (const section of document.querySelectorAll(".step")) {
    /** @type {HTMLElement} */ (section).hidden = section.id !== `step-${step}`;
  }
  document.body.classList.toggle("in-call", step === "call");
  sessionStorage.setItem(KEY, step);
  element(`step-${step}`, HTMLElement).querySelector("h1")?.focus();
}

/** Whether this tab was in the waiting room or in the consultation when it was reloaded. */
export function wasInside() {
  const step = sessionStorage.getItem(KEY);
  return step === "waiting" || step === "call";
}
