/**
 * A new passkey: the box checks name and password, the browser makes the passkey and opens with it
 * for a trial, and then the form goes to the box.
 *
 * Some browsers want a click for each of their two questions: then the button is pressed once more.
 */

import { leave } from "./send.js";
import { NoSecret, NotHere, isOffered, make, open } from "./webauthn.js";

/** @typedef {import("./webauthn.js").Made} Made */

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("new-passkey"));
const line = /** @type {HTMLElement} */ (document.getElementById("new-passkey-status"));

/** What the browser has been asked and has made, until the form goes off. */
let begun = /** @type {{use: any, made: Made} | null} */ (null);

/** @param {HTMLFormElement} form @param {keyof DOMStringMap} word @param {boolean} [isBad] */
function say(form, word, isBad = false) {
  line.className = isBad ? "field-error" : "hint";
  line.textContent = form.dataset[word] ?? "";
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/** Put each sentence below its field. @param {HTMLFormElement} form @param {Record<string, string>} errors */
function complain(form, errors) {
  for (const input of [field(form, "password"), field(form, "name")]) {
    document.getElementById(`${input.id}-error`)?.remove();
    const sentence = errors[input.name];
    input.setAttribute("aria-invalid", String(Boolean(sentence)));
    input.setAttribute("aria-describedby", `${input.id}-hint${sentence ? ` ${input.id}-error` : ""}`);
    if (!sentence) continue;
    const error = document.createElement("p");
    Object.assign(error, { id: `${input.id}-error`, className: "field-error", textContent: sentence });
    input.after(error);
    input.focus();
  }
}

/** @param {HTMLFormElement} form @returns {Promise<boolean>} whether the browser has made one */
async function begin(form) {
  const body = new URLSearchParams({ name: field(form, "name").value, password: field(form, "password").value });
  say(form, "busy");
  const asked = await fetch("/passkeys/options", { method: "POST", body });
  if (asked.status === 422) {
    complain(form, (await asked.json()).errors);
    line.textContent = "";
    return false;
  }
  if (!asked.ok) throw new TypeError();
  complain(form, {});
  const options = await asked.json();
  say(form, "create");
  begun = { use: options.use, made: await make(options.create) };
  return true;
}

/** @param {HTMLFormElement} form */
async function add(form) {
  if (!begun && !(await begin(form))) return;
  if (!begun) return;
  say(form, "use");
  const { answer, secret } = await open(begun.use, begun.made.id);
  localStorage.setItem("passkey-used", "yes");
  leave(form, { secret_created: begun.made.answer, secret_answer: answer, secret_prf: secret });
}

/** @param {unknown} error @returns {keyof DOMStringMap} what to say */
function reason(error) {
  if (error instanceof NoSecret) return "noPrf";
  if (error instanceof NotHere) return "notHere";
  if (!(error instanceof DOMException)) return "unreachable";
  if (error.name === "InvalidStateError") return "known";
  return begun ? "onceMore" : "cancelled";
}

if (form && isOffered()) {
  document.getElementById("passkeys-missing")?.remove();
  form.hidden = false;
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await add(form);
    } catch (error) {
      say(form, reason(error), true);
      if (error instanceof NoSecret) begun = null;
    }
    button.disabled = false;
    if (document.activeElement === document.body) button.focus(); // it lost it when disabled
  });
}
