/**
 * The way in: access code or link, and the name. The name stays in this tab's memory and is
 * never sent to the box.
 */

import { read } from "../call/letter.js";
import { askIn } from "./joining.js";
import { isInside } from "./memory.js";
import { drop, joinToken, keep, keepFromAddress } from "./secret.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("entrance"));
const code = /** @type {HTMLInputElement} */ (document.getElementById("code"));
const name = /** @type {HTMLInputElement} */ (document.getElementById("name"));
const trouble = /** @type {HTMLElement} */ (document.getElementById("trouble"));
let link = form.dataset.byLink ? keepFromAddress() : null;
let isAsking = false;
const returns = isInside("rid", link?.rid ?? ""); // the tab was closed in the middle

/** @param {string} id @param {boolean} isHidden */
function hide(id, isHidden) {
  const element = document.getElementById(id);
  if (element) element.hidden = isHidden;
}

function showWayIn() {
  hide("code-field", link !== null);
  hide("by-link", link === null);
}

/** @param {HTMLInputElement} field @param {string} message */
function complain(field, message) {
  const line = document.getElementById(`${field.id}-error`);
  if (line) line.textContent = message;
  hide(`${field.id}-error`, !message);
  if (!message) {
    field.removeAttribute("aria-invalid");
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

/** @param {string} message */
function say(message) {
  trouble.textContent = message;
  trouble.hidden = !message;
}

/** @returns {Promise<object | null>} what the box is asked with, if it is complete */
async function question() {
  const { missing = "", noName = "" } = form.dataset;
  const pasted = link ? null : read(code.value);
  if (pasted) keep(pasted);
  else if (!link) drop();
  const way = link ?? pasted;
  const hasCode = way !== null || code.value.trim() !== "";
  const isNamed = returns || name.value.trim() !== ""; // the doctor's page knows the name already
  complain(name, isNamed ? "" : noName);
  complain(code, hasCode ? "" : missing);
  if (!hasCode || !isNamed) return null;
  return way ? { rid: way.rid, token: await joinToken(way) } : { code: code.value };
}

async function join() {
  say("");
  const asked = await question();
  if (!asked) return;
  sessionStorage.setItem("name", name.value.trim());
  sessionStorage.removeItem("step");
  isAsking = true;
  const outcome = await askIn(asked, showPuzzle);
  isAsking = false;
  hide("puzzle", true);
  if (outcome === "in") location.assign("/visit");
  else if (outcome === "unknown") refuse();
  else if (outcome === "paused") complain(code, form.dataset.paused ?? "");
  else say(form.dataset[outcome] ?? ""); // closed: not released yet; offline
}

/** @param {number} done @param {number} parts - of the puzzle against guessing */
function showPuzzle(done, parts) {
  const why = /** @type {HTMLElement} */ (document.getElementById("puzzle-why"));
  const line = /** @type {HTMLElement} */ (document.getElementById("puzzle-text"));
  const bar = /** @type {HTMLProgressElement} */ (document.getElementById("puzzle-progress"));
  hide("puzzle", false);
  if (done === 0) {
    why.textContent = why.dataset.words ?? "";
    bar.scrollIntoView({ block: "nearest" });
  }
  const { words = "" } = line.dataset;
  line.textContent = words.replace("{number}", `${done}`).replace("{count}", `${parts}`);
  bar.value = done / parts;
}

/** The code or the link is not known; a link gives way to the field for the code. */
function refuse() {
  if (!link) {
    complain(code, form.dataset.unknown ?? "");
    return;
  }
  link = null;
  drop();
  showWayIn();
  say(form.dataset.unknownLink ?? "");
  code.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isAsking) void join();
});
name.value = sessionStorage.getItem("name") ?? "";
showWayIn();
if (returns) void join();
