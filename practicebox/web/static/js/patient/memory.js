/**
 * That this browser is in the waiting room or in the consultation, for a tab that was closed by
 * mistake. Nothing of the patient: which visit, by which link, until when.
 */

const KEY = "inside";

/** @typedef {{visit: string, rid: string, until: string}} Memory - `until` ISO 8601 */

/** @param {DOMStringMap} visit - `visit` and `closes` */
export function remember({ visit = "", closes = "" }) {
  const [, rid = ""] = (sessionStorage.getItem("link") ?? "").split(".");
  localStorage.setItem(KEY, JSON.stringify({ visit, rid, until: closes }));
}

export function forget() {
  localStorage.removeItem(KEY);
}

/**
 * @param {"visit" | "rid"} what
 * @param {string} value
 * @returns {boolean} whether this browser is inside already
 */
export function isInside(what, value) {
  const memory = recall();
  return Boolean(value) && memory?.[what] === value;
}

/** @returns {boolean} whether this browser came by a link: without it nobody can speak for it */
export function cameByLink() {
  return Boolean(recall()?.rid);
}

/** @returns {Memory | null} */
function recall() {
  const memory = /** @type {Memory | null} */ (JSON.parse(localStorage.getItem(KEY) ?? "null"));
  if (!memory || new Date(memory.until) > new Date()) return memory;
  forget();
  return null;
}
