/**
 * Events between the modules of a call: `CustomEvent`s that carry their data in `detail`.
 */

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {unknown} [detail]
 */
export function emit(target, type, detail) {
  target.dispatchEvent(new CustomEvent(type, { detail }));
}

/**
 * Calls `listener` with the `detail` of every event, until `signal` is aborted.
 *
 * @param {EventTarget} target
 * @param {string} type
 * @param {(detail: any) => void} listener
 * @param {AbortSignal} [signal]
 */
export function on(target, type, listener, signal) {
  target.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail), {
    signal,
  });
}
