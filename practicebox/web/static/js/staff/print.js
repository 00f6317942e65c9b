/** A button that prints the page; hidden where it would do nothing. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
  /** @type {HTMLElement} */ (button).hidden = false;
}
