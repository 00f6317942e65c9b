/**
 * Where an appointment stands in the calendar's drawing, and how it is put somewhere else there.
 *
 * Knows rows of five minutes and columns; what is saved is decided by the box.
 */

const ROW = 5; // minutes
const PLACED = /^(at|for|lane)-/;

/** @typedef {{column: HTMLElement, row: number}} Place */

const calendar = /** @type {HTMLElement} */ (document.getElementById("cal"));
const said = /** @type {HTMLElement} */ (document.getElementById("cal-said"));

/** @returns {HTMLElement[]} */
export function columns() {
  return [...calendar.querySelectorAll(/** @type {"ul"} */ (".cal-column .cal-rows"))];
}

/** @param {HTMLElement} item */
function number(item, prefix = "at") {
  const name = [...item.classList].find((one) => one.startsWith(`${prefix}-`));
  return Number(name?.slice(prefix.length + 1) ?? 0);
}

/** @param {HTMLElement} item @returns {Place} */
export function placeOf(item) {
  return { column: /** @type {HTMLElement} */ (item.parentElement), row: number(item) };
}

/** The place within the drawing that is nearest. @param {HTMLElement} item @param {Place} place @returns {Place} */
export function within(item, place) {
  const last = Number(calendar.dataset.rows) - number(item, "for");
  return { column: place.column, row: Math.max(0, Math.min(last, place.row)) };
}

/** Draw the item there, over the whole width. @param {HTMLElement} item @param {Place} place */
export function put(item, place) {
  const length = `for-${number(item, "for")}`;
  const others = [...item.classList].filter((name) => !PLACED.test(name));
  item.className = [...others, `at-${place.row}`, length, "lane-0-1"].join(" ");
  if (item.parentElement !== place.column) place.column.append(item);
}

/** @param {Place} one @param {Place} other */
export function isSame(one, other) {
  return one.column === other.column && one.row === other.row;
}

/** `10:30`. @param {number} row */
export function clockOf(row) {
  const minute = Number(calendar.dataset.begins) + row * ROW;
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Say one of the calendar's sentences to whoever listens. @param {string} sentence @param {Place} place */
export function say(sentence, place) {
  const words = (calendar.dataset.place ?? "")
    .replace("{time}", clockOf(place.row))
    .replace("{where}", place.column.dataset.label ?? "");
  const whole = sentence === "place" ? "{place}" : (calendar.dataset[sentence] ?? "");
  said.textContent = whole.replace("{place}", words);
}

/** Ask the box to move it. @param {HTMLElement} item @param {Place} place */
export function save(item, place) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("move"));
  const block = /** @type {HTMLElement} */ (item.querySelector("[data-seen]"));
  const seen = block.dataset.seen ?? "";
  const fields = {
    date: place.column.dataset.day ?? "",
    time: clockOf(place.row),
    organiser: place.column.dataset.whose || seen.slice(seen.indexOf(".") + 1),
    seen,
  };
  for (const [name, value] of Object.entries(fields)) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = value;
  }
  form.action = `/appointments/${block.id.slice(2)}/move`;
  form.submit();
}
