/**
 * The list of appointments: results while typing, the toggle without a button.
 *
 * The name typed goes to the box by POST, never into an address.
 */

const WAIT = 150; // milliseconds after the last key

/** @typedef {{id: string, name: string, starts: string, minutes: number, cancelled: boolean}} Entry */

const search = /** @type {HTMLFormElement | null} */ (document.getElementById("search"));
const days = document.getElementById("days");
const status = document.getElementById("search-status");
const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("entry-template"));
const untouched = days ? [...days.childNodes] : [];
let timer = 0;
let asked = 0;

document.getElementById("past")?.addEventListener("change", (event) => {
  /** @type {HTMLInputElement} */ (event.target).form?.requestSubmit();
});

search?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
});

async function look() {
  if (!search || !days) return;
  const turn = ++asked;
  const fields = new FormData(search);
  if (!String(fields.get("q")).trim()) {
    days.replaceChildren(...untouched);
    return;
  }
  const response = await fetch(search.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(/** @type {any} */ (fields)),
  });
  if (!response.ok || turn !== asked) return; // a newer key press has asked since
  show(await response.json());
}

/** @param {Entry[]} entries */
function show(entries) {
  const list = document.createElement("ul");
  list.className = "entries";
  list.append(...entries.map(row));
  const none = document.createElement("p");
  none.className = "quiet empty";
  none.textContent = status?.dataset.none ?? "";
  days?.replaceChildren(entries.length ? list : none);
  if (!status) return;
  const words = entries.length ? status.dataset.found : status.dataset.none;
  status.textContent = (words ?? "").replace("{count}", String(entries.length));
}

/** @param {Entry} entry */
function row(entry) {
  const item = /** @type {HTMLElement} */ (template?.content.firstElementChild?.cloneNode(true));
  const [link, time, name] = ["a", ".entry-time", ".entry-name"].map((q) => item.querySelector(q));
  /** @type {HTMLAnchorElement} */ (link).href = `/appointments/${entry.id}`;
  const [date, clock] = entry.starts.split("T");
  const [year, month, day] = date.split("-");
  if (time) time.textContent = `${day}.${month}.${year}, ${clock.slice(0, 5)}`;
  if (name) name.textContent = entry.name;
  item.classList.toggle("is-cancelled", entry.cancelled);
  item.dataset.appointment = entry.id;
  return item;
}
