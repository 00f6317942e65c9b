/** The lights of the outside-in test: shows what the box says of each hop. Knows no WebRTC. */

import { part } from "../stage/dom.js";
import { offerCopy } from "./copy.js";

/**
 * @typedef {{hop: string, light: string, symbol: string, word: string, title: string,
 *   text: string, entry: string}} Hop
 * @typedef {{summary: string, words: string, done: boolean, hops: Hop[]}} View
 */

const NOTICES = /** @type {Record<string, string>} */ ({
  good: "notice-good",
  bad: "notice-bad",
  late: "notice-bad",
  warn: "notice-warn",
  home: "notice-warn",
});

/**
 * @param {HTMLElement} list - with one element `[data-hop]` for each hop
 * @param {HTMLElement} summary
 * @param {View} view
 */
export function show(list, summary, view) {
  summary.dataset.summary = view.summary;
  tell(summary, view.words, NOTICES[view.summary]);
  for (const hop of view.hops) {
    showHop(part(list, `[data-hop="${hop.hop}"]`, HTMLElement), hop);
  }
}

/**
 * Says a sentence once, so that screen readers read it once.
 *
 * @param {HTMLElement} line
 * @param {string} words
 * @param {string} [kind] - class of the notice
 */
export function tell(line, words, kind) {
  line.classList.remove(...Object.values(NOTICES));
  if (kind) line.classList.add(kind);
  set(line, words);
}

/** @param {HTMLElement} item @param {Hop} hop */
function showHop(item, hop) {
  item.dataset.light = hop.light;
  set(part(item, ".hop-lamp", HTMLElement), hop.symbol);
  set(part(item, ".hop-name", HTMLElement), hop.title);
  set(part(item, ".hop-word", HTMLElement), hop.word);
  const text = part(item, ".hop-text", HTMLElement);
  set(text, hop.text);
  text.hidden = !hop.text;
  const entry = part(item, ".hop-entry", HTMLElement);
  set(part(entry, "code", HTMLElement), hop.entry);
  entry.hidden = !hop.entry;
  offerCopy(entry);
}

/** @param {HTMLElement} line @param {string} text */
function set(line, text) {
  if (line.textContent !== text) line.textContent = text;
}
