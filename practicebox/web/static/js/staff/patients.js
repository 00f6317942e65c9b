/**
 * The directory: results while typing, and the bar while names are still being read.
 *
 * The name typed goes to the box by POST, never into an address.
 */

const WAIT = 150; // milliseconds after the last key
const LOOK = 500; // milliseconds between two looks at the progress

/** @typedef {{id: string, name: string, born: string}} Patient */

const search = /** @type {HTMLFormElement | null} */ (document.getElementById("search"));
const patients = document.getElementById("patients");
const status = document.getElementById("search-status");
const reading = document.getElementById("reading");
const bar = /** @type {HTMLProgressElement | null} */ (document.getElementById("progress"));
const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("patient-template"));
let timer = 0;
let asked = 0;

search?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
});

async function look() {
  if (!search || !patients) return;
  const turn = ++asked;
  const response = await fetch(search.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(/** @type {any} */ (new FormData(search))),
  });
  if (!response.ok || turn !== asked) return; // a newer key press has asked since
  const { patients: found, ...progress } = await response.json();
  show(found);
  move(progress);
}

/** @param {Patient[]} found */
function show(found) {
  const list = document.createElement("ul");
  list.className = "entries";
  list.append(...found.map(row));
  patients?.replaceChildren(list);
  for (const id of ["more", "newest"]) document.getElementById(id)?.setAttribute("hidden", "");
  const none = document.getElementById("none");
  if (none) none.hidden = found.length > 0;
  if (none) none.textContent = status?.dataset.none ?? "";
  const words = found.length ? status?.dataset.found : status?.dataset.none;
  if (status) status.textContent = (words ?? "").replace("{count}", String(found.length));
}

/** @param {Patient} patient */
function row(patient) {
  const item = /** @type {HTMLElement} */ (template?.content.firstElementChild?.cloneNode(true));
  const [link, name, born] = ["a", "bdi", ".patient-born"].map((q) => item.querySelector(q));
  /** @type {HTMLAnchorElement} */ (link).href = `/patients/${patient.id}`;
  const [year, month, day] = patient.born.split("-");
  const words = (status?.dataset.born ?? "").replace("{day}", `${day}.${month}.${year}`);
  if (name) name.textContent = patient.name;
  if (born && patient.born) born.textContent = words;
  return item;
}

/** @param {{reading: boolean, done: number, total: number}} progress */
function move({ reading: isReading, done, total }) {
  if (!reading || !bar) return;
  const wasReading = !reading.hidden;
  reading.hidden = !isReading;
  bar.max = total;
  bar.value = done;
  if (wasReading && !isReading && search) look(); // names that were missing are there now
}

async function follow() {
  if (!reading || reading.hidden) return;
  try {
    const response = await fetch(reading.dataset.url ?? "", { redirect: "error" });
    move(await response.json());
  } finally {
    setTimeout(follow, LOOK);
  }
}

follow();
