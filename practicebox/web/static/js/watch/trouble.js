/**
 * When to stop waiting for a picture and to offer the telephone, and what to say is wrong. Pure.
 */

/**
 * @typedef {"" | "blocked" | "direct" | "lost" | "offline"} Trouble
 *   `blocked`: the two never found a way to each other; `direct`: and the practice allows only
 *   direct ways; `lost`: the connection stood and does not come back; `offline`: no way to the box
 *
 * @typedef {object} Facts
 * @property {boolean} isConnected
 * @property {boolean} hasBeen - connected, since this page came
 * @property {boolean} hasRelay - the box offered one
 * @property {number} wait - milliseconds that both are in the room without a connection
 * @property {number} offline - milliseconds without the box
 */

export const LIMIT = 8000; // milliseconds; within 10 s people must know (issue 3)

/** @param {Facts} facts @returns {Trouble} */
export function trouble({ isConnected, hasBeen, hasRelay, wait, offline }) {
  if (isConnected) return "";
  if (offline > LIMIT) return "offline";
  if (wait < LIMIT) return "";
  if (hasBeen) return "lost";
  return hasRelay ? "blocked" : "direct";
}
