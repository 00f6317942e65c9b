/**
 * Two ways to send a form: without leaving the page, which the locked screen needs, and by leaving it,
 * with something in hidden fields that the page must not keep.
 */

/**
 * Send `body` to where the form goes; go where the box leads, or say in `line` what was wrong.
 * @param {HTMLFormElement} form @param {URLSearchParams} body @param {HTMLElement} line
 */
export async function stay(form, body, line) {
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.redirected) return location.assign(answer.url);
    line.textContent = (await answer.json()).error;
  } catch {
    line.textContent = form.dataset.unreachable ?? "";
  }
}

/** @param {HTMLFormElement} form @param {Record<string, string>} fields - its hidden ones */
export function leave(form, fields) {
  /** @param {(name: string) => string} value */
  const fill = (value) => {
    for (const name of Object.keys(fields)) {
      /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = value(name);
    }
  };
  fill((name) => fields[name] ?? "");
  form.submit(); // reads the fields before it returns (HTML, "form-submission-algorithm")
  fill(() => "");
}
