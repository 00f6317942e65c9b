/**
 * "Show passwords": a tick that makes the password fields of its form readable.
 *
 * The page hides it, because without JavaScript it would do nothing.
 */

/** @param {HTMLElement} label */
function offer(label) {
  const tick = label.querySelector("input");
  const form = label.closest("form");
  if (!tick || !form) return;
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (
    form.querySelectorAll("input[type=password]")
  );
  const show = () => {
    for (const field of fields) field.type = tick.checked ? "text" : "password";
  };
  tick.checked = false;
  tick.addEventListener("change", show);
  // As text the browser would offer to remember the password for other forms.
  form.addEventListener("submit", () => {
    for (const field of fields) field.type = "password";
  });
  label.hidden = false;
}

for (const label of document.querySelectorAll("[data-show-passwords]")) {
  offer(/** @type {HTMLElement} */ (label));
}
