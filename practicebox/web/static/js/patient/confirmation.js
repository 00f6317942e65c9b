/** Asks the patient to confirm that the consultation took place. */

import { element, say } from "../stage/dom.js";

const ADDRESS = "/visit/confirmation";
const TRIES = 5; // the box notes the end a moment after it has told us
const PAUSE = 1000; // milliseconds

const part = () => element("confirmation", HTMLElement);

/** Shows the question, or the thanks; nothing where nothing took place. */
export async function ask() {
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await request("GET");
    if (found && found.state !== "none") {
      tell(found);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** @param {"GET" | "POST"} method @returns {Promise<{state: string, words: string} | null>} */
async function request(method) {
  try {
    const answer = await fetch(ADDRESS, { method, redirect: "error" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** @param {{state: string, words: string}} found */
function tell({ state, words }) {
  element("confirmation-words", HTMLElement).textContent = words;
  const button = element("confirm", HTMLButtonElement);
  button.onclick = confirm;
  if (state === "done") thank();
  part().hidden = false;
}

async function confirm() {
  const button = element("confirm", HTMLButtonElement);
  button.disabled = true;
  const found = await request("POST");
  button.disabled = false;
  if (found?.state === "done") thank();
  else sayHow("failed");
}

function thank() {
  element("confirm", HTMLButtonElement).hidden = true;
  sayHow("done");
}

/** @param {"done" | "failed"} how */
function sayHow(how) {
  const line = element("confirmation-done", HTMLElement);
  line.hidden = false;
  line.classList.toggle("notice-good", how === "done");
  line.classList.toggle("notice-warn", how !== "done");
  say(line, how);
}
