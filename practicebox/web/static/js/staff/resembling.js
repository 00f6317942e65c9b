/**
 * While somebody is entered: whom they resemble in the directory, so that nobody stands there twice.
 *
 * Name and birth date go to the box by POST, never into an address.
 */

const WAIT = 250; // milliseconds after the last key

/** @typedef {{id: string, name: string, born: string}} Patient */

const box = document.getElementById("resembling");
const list = box?.querySelector("ul");
const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("resembling-one"));
const form = /** @type {HTMLFormElement | null} */ (box?.closest("form") ?? null);
let timer = 0;
let asked = 0;

for (const id of ["patient", "born"]) {
  document.getElementById(id)?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
}

async function look() {
  if (!box || !form) return;
  const turn = ++asked;
  const all = new FormData(form);
  const typed = ["patient", "born"].map((name) => [name, String(all.get(name) ?? "")]);
  const response = await fetch(box.dataset.url ?? "", {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(typed),
  });
  if (!response.ok || response.redirected || turn !== asked) return;
  show((await response.json()).patients);
}

/** @param {Patient[]} found */
function show(found) {
  if (!box || !list) return;
  box.hidden = found.length === 0;
  list.replaceChildren(...found.map(row));
}

/** @param {Patient} patient */
function row(patient) {
  const item = /** @type {HTMLElement} */ (template?.content.firstElementChild?.cloneNode(true));
  const [name, born, take] = ["bdi", ".patient-born", "button"].map((q) => item.querySelector(q));
  const [year, month, day] = patient.born.split("-");
  const words = (box?.dataset.born ?? "").replace("{day}", `${day}.${month}.${year}`);
  if (name) name.textContent = patient.name;
  if (born && patient.born) born.textContent = words;
  take?.addEventListener("click", () => choose(patient.id));
  return item;
}

/** @param {string} id */
function choose(id) {
  if (!form) return;
  const field = document.createElement("input");
  [field.type, field.name, field.value] = ["hidden", "take", id];
  form.append(field);
  form.requestSubmit();
}

if (box) look();
