/**
 * The locked screen: a dialog over the page, which is hidden but goes on; the password takes it away.
 *
 * The box refuses everything to a locked session, so this is for the eyes, not the lock itself.
 */

import { stay } from "./send.js";
import { Watch } from "./watch.js";

const CALL = "#stage:not([hidden])";
const CALL_CHECK = 20_000; // milliseconds; a running call counts as somebody being there

/** @param {HTMLDialogElement} cover @param {boolean} covered */
function show(cover, covered) {
  document.body.classList.toggle("covered", covered);
  if (covered === cover.open) return;
  if (!covered) return cover.close();
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  if (document.pictureInPictureElement) document.exitPictureInPicture().catch(() => {});
  cover.showModal();
}

/** @param {HTMLFormElement} form */
async function uncover(form) {
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input[type=password]"));
  const error = /** @type {HTMLElement} */ (form.querySelector(".field-error"));
  const body = new URLSearchParams({ password: field.value });
  error.textContent = form.dataset.busy ?? "";
  field.value = "";
  await stay(form, body, error);
  field.focus();
}

function start() {
  const cover = /** @type {HTMLDialogElement | null} */ (document.getElementById("cover"));
  const form = cover?.querySelector("form");
  const lock = document.getElementById("lock-screen");
  if (!cover || !form) return;
  const watch = new Watch();
  watch.addEventListener("covered", (event) => show(cover, /** @type {CustomEvent} */ (event).detail));
  watch.addEventListener("ended", (event) => {
    const reason = /** @type {CustomEvent<string>} */ (event).detail;
    location.assign(reason ? `/login?said=${encodeURIComponent(reason)}` : "/login");
  });
  watch.start();
  setInterval(() => document.querySelector(CALL) && watch.active(), CALL_CHECK);
  cover.addEventListener("cancel", (event) => event.preventDefault());
  cover.addEventListener("close", () => document.body.classList.contains("covered") && cover.showModal());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void uncover(form);
  });
  lock?.addEventListener("submit", (event) => {
    event.preventDefault();
    show(cover, true);
    void fetch("/lock", { method: "POST", redirect: "manual" }).catch(() => {});
  });
}

start();
