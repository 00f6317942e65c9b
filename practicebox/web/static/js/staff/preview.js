/** What a text becomes, beside it while it is being typed; the box fills it in and counts. */

const PAUSE = 300; // milliseconds without a key

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-preview]"));

for (const field of form.querySelectorAll("textarea")) {
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void show(field), PAUSE);
  });
}

/** @param {HTMLTextAreaElement} field */
async function show(field) {
  const asked = field.value;
  const body = new URLSearchParams({ name: field.name, text: asked });
  try {
    const answer = await fetch(form.dataset.preview ?? "", { method: "POST", body, redirect: "error" });
    if (!answer.ok || field.value !== asked) return;
    const { text, parts } = await answer.json();
    write(`preview-${field.name}`, text);
    write(`parts-${field.name}`, parts);
  } catch {
    // the box does not answer: the preview stays as it was, and saving says so
  }
}

/** @param {string} id @param {string} text */
function write(id, text) {
  const place = document.getElementById(id);
  if (place && place.textContent !== text) place.textContent = text;
}
