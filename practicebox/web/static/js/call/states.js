/**
 * The state of a connection in the few words that a page shows.
 */

/** @typedef {"connecting" | "connected" | "interrupted" | "failed" | "closed"} State */

/**
 * `failed` stays until the connection stands: further attempts go on behind it.
 *
 * @param {State} state
 * @param {RTCPeerConnectionState} now - in the browser's words
 * @returns {State}
 */
export function following(state, now) {
  if (state === "closed") return state;
  if (now === "connected" || now === "failed") return now;
  return state === "connected" && now === "disconnected" ? "interrupted" : state;
}
