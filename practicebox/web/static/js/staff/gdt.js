/**
 * Files of the practice software: dropped anywhere on the card they are sent at once. What is too large
 * for the box is said before it is sent.
 */

const MOST = 1_000_000; // bytes; the door takes 1 MiB with everything around them

const card = /** @type {HTMLElement} */ (document.querySelector("#drop"));
const form = /** @type {HTMLFormElement} */ (card.querySelector("form"));
const input = /** @type {HTMLInputElement} */ (card.querySelector("#file"));
const warning = /** @type {HTMLElement} */ (card.querySelector("#too-large"));

/** Whether the chosen files are small enough; says so where they aren't. */
function fits() {
  const total = [...(input.files ?? [])].reduce((sum, file) => sum + file.size, 0);
  warning.textContent = total > MOST ? (warning.dataset.words ?? "") : "";
  return total <= MOST;
}

input.addEventListener("change", fits);
form.addEventListener("submit", (event) => {
  if (!fits()) event.preventDefault();
});
card.addEventListener("dragover", (event) => {
  event.preventDefault();
  card.classList.add("is-over");
});
card.addEventListener("dragleave", () => card.classList.remove("is-over"));
card.addEventListener("drop", (event) => {
  event.preventDefault();
  card.classList.remove("is-over");
  const files = event.dataTransfer?.files;
  if (!files?.length) return;
  input.files = files;
  form.requestSubmit();
});
