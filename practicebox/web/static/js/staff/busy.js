/**
 * Making the keys takes a second or two: say so, instead of seeming stuck.
 */

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", (event) => {
    const button = /** @type {SubmitEvent} */ (event).submitter;
    if (button instanceof HTMLButtonElement && button.value === "back") return;
    const line = form.querySelector("[role=status]");
    if (line) line.textContent = /** @type {HTMLElement} */ (form).dataset.busy ?? "";
  });
}
