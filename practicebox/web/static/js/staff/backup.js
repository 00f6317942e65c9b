/** The progress bar of a backup or a trial restore; the page is loaded anew when it is done. */

import { element } from "../stage/dom.js";

const LOOK = 400; // milliseconds
const RETRY = 3000; // milliseconds, while the box doesn't answer

const box = element("busy", HTMLElement);
const bar = element("progress", HTMLProgressElement);
const words = element("words", HTMLElement);

async function look() {
  try {
    const answer = await fetch(box.dataset.progress ?? "", { redirect: "error" });
    const { busy, percent, words: text } = await answer.json();
    if (!busy) return location.replace(box.dataset.then ?? "");
    bar.value = Math.max(bar.value, percent);
    if (words.textContent !== text) words.textContent = text;
    setTimeout(look, LOOK);
  } catch {
    setTimeout(look, RETRY);
  }
}

setTimeout(look, LOOK);
