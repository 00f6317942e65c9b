/**
 * A workstation that asks to be approved: shows the four digits when somebody looks at the request,
 * and goes on when it is decided.
 */

const AGAIN = 1000; // milliseconds
const TOO_LONG = 8000; // milliseconds; a box without power doesn't even refuse

/** @param {HTMLElement} shown @param {string} digits */
function showDigits(shown, digits) {
  if (digits === (shown.querySelector("#digits")?.textContent ?? "")) return;
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("with-digits"));
  const content = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const place = content.querySelector("#digits");
  if (place) place.textContent = digits;
  shown.replaceChildren(content);
}

/** How the request stands. @returns {Promise<{state: string, digits: string}>} */
async function news() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TOO_LONG);
  try {
    return await (await fetch("/login/device/news", { signal: patience.signal })).json();
  } finally {
    clearTimeout(timer);
  }
}

/** @param {HTMLElement} shown */
async function look(shown) {
  try {
    const { state, digits } = await news();
    if (state === "opened") showDigits(shown, digits);
    else if (state !== "waiting") return location.reload();
  } catch {
    // The box is starting again, or the line is down: ask once more.
  }
  setTimeout(() => void look(shown), AGAIN);
}

const shown = document.getElementById("shown");
if (shown) void look(shown);

// Only a browser that was approved before, and has lost its cookie since, still has the mark.
const forgotten = document.getElementById("forgotten");
if (forgotten) forgotten.hidden = localStorage.getItem("device-approved") !== "yes";
