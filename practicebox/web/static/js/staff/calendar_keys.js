/** Moving an appointment by keyboard: M begins, arrow keys move, Enter saves, Escape puts it back. */

import { columns, isSame, placeOf, put, save, say, within } from "./calendar_place.js";

/** @typedef {import("./calendar_place.js").Place} Place */

const QUARTER = 3; // rows

/** @type {{item: HTMLElement, block: HTMLElement, from: Place, classes: string, next: ChildNode | null} | null} */
let moving = null;
let isSaving = false;

/** @param {KeyboardEvent} event */
export function onKey(event) {
  const block = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest?.("[data-seen]")
  );
  if (!block || isSaving || event.ctrlKey || event.altKey || event.metaKey) return;
  if (moving ? steer(event, moving.item) : begins(event, block)) event.preventDefault();
}

/** Focus went elsewhere: nothing stays half moved. */
export function onLeave() {
  if (moving && !isSaving && document.activeElement !== moving.block) back();
}

/** @param {KeyboardEvent} event @param {HTMLElement} block */
function begins(event, block) {
  if (event.key.toLowerCase() !== "m") return false;
  const item = /** @type {HTMLElement} */ (block.parentElement);
  moving = { item, block, from: placeOf(item), classes: item.className, next: item.nextSibling };
  item.classList.add("is-moving");
  say("moving", moving.from);
  return true;
}

/** @param {KeyboardEvent} event @param {HTMLElement} item */
function steer(event, item) {
  if (event.key === "Escape") back();
  else if (event.key === "Enter") end(item);
  else return step(event, item);
  return true;
}

/** @param {KeyboardEvent} event @param {HTMLElement} item */
function step(event, item) {
  const here = placeOf(item);
  const rows = event.shiftKey ? 1 : QUARTER;
  const all = columns();
  const beside = (/** @type {number} */ by) => all[all.indexOf(here.column) + by] ?? here.column;
  /** @type {Record<string, () => Place>} */
  const steps = {
    ArrowUp: () => ({ ...here, row: here.row - rows }),
    ArrowDown: () => ({ ...here, row: here.row + rows }),
    ArrowLeft: () => ({ ...here, column: beside(-1) }),
    ArrowRight: () => ({ ...here, column: beside(1) }),
  };
  if (!(event.key in steps)) return false;
  const there = within(item, steps[event.key]());
  arrange(item, () => put(item, there));
  say(isSame(here, there) ? "edge" : "place", there);
  return true;
}

/** Do something that takes the item out of the page for a moment, and keep the focus on it.
 * @param {HTMLElement} item @param {() => void} deed */
function arrange(item, deed) {
  const kept = moving;
  moving = null; // the focus that is lost meanwhile ends nothing
  deed();
  moving = kept;
  /** @type {HTMLElement | null} */ (item.querySelector("[data-seen]"))?.focus();
}

/** @param {HTMLElement} item */
function end(item) {
  const there = placeOf(item);
  if (!moving || isSame(moving.from, there)) return back();
  isSaving = true;
  save(item, there);
}

function back() {
  if (!moving) return;
  const { item, block, from, classes, next } = moving;
  const isHere = document.activeElement === block;
  moving = null;
  from.column.insertBefore(item, next);
  item.className = classes;
  if (isHere) block.focus();
  say("back", from);
}
