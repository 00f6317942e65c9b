/**
 * Plays what the other side sends. After a reload browsers play no sound until the page is tapped.
 */

/**
 * @typedef {"playing" | "silent" | "waiting"} Playing
 *   `silent`: the picture only, until a tap; `waiting`: nothing, until a tap or another stream
 */

/**
 * @param {HTMLMediaElement} element
 * @returns {Promise<Playing>}
 */
export async function play(element) {
  element.muted = false;
  const refusal = await started(element);
  if (refusal !== "NotAllowedError") return refusal ? "waiting" : "playing";
  element.muted = true;
  return (await started(element)) ? "waiting" : "silent";
}

/**
 * @param {HTMLMediaElement} element
 * @returns {Promise<string>} the name of what went wrong; empty if it plays
 */
async function started(element) {
  try {
    await element.play();
    return "";
  } catch (error) {
    return /** @type {DOMException} */ (error).name; // AbortError if the stream changed meanwhile
  }
}
