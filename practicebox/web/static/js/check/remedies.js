/**
 * The result: light, words, and the remedies that fit this browser and system.
 */

import { element, part, say } from "../stage/dom.js";
import { present } from "./browser.js";
import { lightOf } from "./verdict.js";

/** @typedef {import("./verdict.js").Verdict} Verdict */

/** @param {Verdict[]} verdicts - the worst first */
export function showVerdicts(verdicts) {
  const light = lightOf(verdicts[0]);
  const big = element("done-light", HTMLElement);
  big.className = `check-big check-${light}`;
  say(part(big, ".check-shape", HTMLElement), light);
  say(element("done-word", HTMLElement), light);
  for (const each of element("done", HTMLElement).querySelectorAll("[data-verdict]")) {
    const section = /** @type {HTMLElement} */ (each);
    const rank = verdicts.indexOf(/** @type {Verdict} */ (section.dataset.verdict));
    section.hidden = rank < 0;
    if (rank >= 0) chooseRemedies(section);
  }
  putInOrder(verdicts);
  const isAboutLine = verdicts.includes("slow") || verdicts.includes("sound-only");
  element("done-details", HTMLDetailsElement).open = isAboutLine; // its bars say how slow
}

/** @param {HTMLElement} section */
function chooseRemedies(section) {
  const { browser, system } = present();
  for (const each of section.querySelectorAll("li")) {
    const { browsers = "", systems = "" } = each.dataset;
    each.hidden = !names(browsers, browser) || !names(systems, system);
  }
}

/** @param {string} list - of words; an empty one names all @param {string} word */
function names(list, word) {
  return list === "" || list.split(" ").includes(word);
}

/** @param {Verdict[]} verdicts */
function putInOrder(verdicts) {
  const sections = verdicts.map((verdict) =>
    part(document.body, `[data-verdict="${verdict}"]`, HTMLElement),
  );
  const [first, ...others] = sections;
  first.after(...others);
}
