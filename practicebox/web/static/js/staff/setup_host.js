/**
 * While the short name is typed: which host name it becomes, as the box itself would form it.
 */

const PAUSE = 250; // milliseconds without a key before the box is asked

const field = document.getElementById("short_name");
const hint = document.getElementById("host");

/** @param {HTMLInputElement} input @param {HTMLElement} line */
function follow(input, line) {
  const before = line.textContent;
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const number = ++asked;
    const name = input.value.trim();
    const host = name && (await hostOf(name));
    if (number !== asked) return; // something else has been typed since
    line.textContent = host ? (line.dataset.template ?? "").replace("{host}", host) : before;
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}

/** @param {string} name */
async function hostOf(name) {
  try {
    const response = await fetch(`/setup/host?name=${encodeURIComponent(name)}`);
    return response.ok && !response.redirected ? await response.text() : "";
  } catch {
    return ""; // only a hint; the form itself says if the box is gone
  }
}

if (field instanceof HTMLInputElement && hint) follow(field, hint);
