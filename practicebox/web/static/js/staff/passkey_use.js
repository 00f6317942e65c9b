/**
 * A passkey instead of a password: on the login page, and on the locked screen.
 *
 * The form is hidden until it's clear that this browser can do it. On the locked screen it appears
 * only where a passkey was used before: the box doesn't say there who has one.
 */

import { leave, stay } from "./send.js";
import { NoSecret, NotHere, isOffered, open } from "./webauthn.js";

const MARK = "passkey-used";

/** Forms that are waiting for an answer. `aria-busy` would keep their news from being read out. */
const busy = new WeakSet();

/** @param {HTMLFormElement} form */
async function use(form) {
  const line = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  const { dataset } = form;
  if (busy.has(form)) return; // a second click; browsers ask one question at a time
  busy.add(form);
  say(line, dataset.busy, true);
  try {
    const asked = await fetch(dataset.passkey ?? "", { method: "POST" });
    if (!asked.ok) throw new TypeError();
    const { answer, secret } = await open((await asked.json()).use);
    localStorage.setItem(MARK, "yes");
    await finish(form, line, answer, secret);
  } catch (error) {
    say(line, dataset[reason(error)], false);
  }
  busy.delete(form);
}

/** @param {HTMLElement} line @param {string | undefined} sentence @param {boolean} isBusy */
function say(line, sentence, isBusy) {
  line.className = isBusy ? "hint" : "field-error";
  line.textContent = sentence ?? "";
}

/** @param {unknown} error @returns {keyof DOMStringMap} what to say */
function reason(error) {
  if (error instanceof NoSecret) return "noPrf";
  if (error instanceof NotHere) return "notHere";
  return error instanceof DOMException ? "cancelled" : "unreachable";
}

/** @param {HTMLFormElement} form @param {HTMLElement} line @param {string} answer @param {string} secret */
async function finish(form, line, answer, secret) {
  const fields = { secret_answer: answer, secret_prf: secret };
  if (form.dataset.stays === undefined) return leave(form, fields);
  line.className = "field-error";
  await stay(form, new URLSearchParams(fields), line);
}

for (const element of document.querySelectorAll("form[data-passkey]")) {
  const form = /** @type {HTMLFormElement} */ (element);
  const isKnown = form.dataset.ifKnown === undefined || localStorage.getItem(MARK) === "yes";
  form.hidden = !isOffered() || !isKnown;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void use(form);
  });
}
