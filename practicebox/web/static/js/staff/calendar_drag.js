/** Moving an appointment by mouse or pen: pressed, dragged, let go. Escape puts it back. */

import { columns, isSame, placeOf, put, save, say, within } from "./calendar_place.js";

/** @typedef {import("./calendar_place.js").Place} Place */

const LEAST = 6; // pixels; less is a click
const QUARTER = 3; // rows
const NARROW = matchMedia("(max-width: 48rem)"); // no grid there, and fingers scroll

/** @typedef {{item: HTMLElement, block: HTMLElement, from: Place, classes: string, next: ChildNode | null,
 *   x: number, y: number, grip: number, began: boolean}} Drag */

/** @type {Drag | null} */
let drag = null;

/** @param {HTMLElement} calendar */
export function listen(calendar) {
  calendar.addEventListener("pointerdown", press);
  calendar.addEventListener("dragstart", (event) => event.preventDefault()); // of links
  document.addEventListener("pointermove", go);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", back);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") back();
  });
}

/** @param {PointerEvent} event */
function press(event) {
  const target = /** @type {Element} */ (event.target).closest("[data-seen]");
  const block = /** @type {HTMLElement | null} */ (target);
  if (!block || event.button !== 0 || event.pointerType === "touch" || NARROW.matches) return;
  const item = /** @type {HTMLElement} */ (block.parentElement);
  const grip = event.clientY - item.getBoundingClientRect().top;
  const from = placeOf(item);
  const kept = { classes: item.className, next: item.nextSibling };
  drag = { item, block, from, ...kept, x: event.clientX, y: event.clientY, grip, began: false };
}

/** @param {PointerEvent} event */
function go(event) {
  if (!drag) return;
  drag.began ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= LEAST;
  if (!drag.began) return;
  event.preventDefault();
  drag.item.classList.add("is-moving");
  const there = under(event, drag);
  if (isSame(there, placeOf(drag.item))) return;
  put(drag.item, there);
  say("place", there);
}

/** The quarter of an hour below the pointer, seen from where the block is held.
 * @param {PointerEvent} event @param {Drag} held @returns {Place} */
function under(event, held) {
  const here = placeOf(held.item);
  const column = columns().find((one) => {
    const box = one.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right;
  });
  const box = (column ?? here.column).getBoundingClientRect();
  const rows = Number(document.getElementById("cal")?.dataset.rows);
  const row = ((event.clientY - held.grip - box.top) / box.height) * rows;
  const by = Math.round((row - held.from.row) / QUARTER) * QUARTER;
  return within(held.item, { column: column ?? here.column, row: held.from.row + by });
}

/** @param {PointerEvent} event */
function drop(event) {
  if (!drag?.began) {
    drag = null;
    return;
  }
  event.preventDefault();
  const { item, block, from } = drag;
  const there = placeOf(item);
  block.addEventListener("click", stay);
  setTimeout(() => block.removeEventListener("click", stay));
  if (isSame(from, there)) return back();
  drag = null;
  save(item, there);
}

/** Letting go is no click on the link. @param {Event} click */
function stay(click) {
  click.preventDefault();
}

function back() {
  if (!drag) return;
  const { item, from, classes, next, began } = drag;
  drag = null;
  if (!began) return;
  from.column.insertBefore(item, next);
  item.className = classes;
  say("back", from);
}
