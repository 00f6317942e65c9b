/**
 * JSON on a data channel. What is too long, no JSON or no object is dropped: the other page may be
 * anybody's.
 */

/**
 * @param {RTCDataChannel | null} channel
 * @param {object} message
 * @returns {boolean} whether the channel was open
 */
export function say(channel, message) {
  if (channel?.readyState !== "open") return false;
  channel.send(JSON.stringify(message));
  return true;
}

/**
 * @param {unknown} data
 * @param {number} limit - characters
 * @returns {Record<string, unknown> | null}
 */
export function understood(data, limit) {
  if (typeof data !== "string" || data.length > limit) return null;
  try {
    const message = JSON.parse(data);
    return message !== null && typeof message === "object" ? message : null;
  } catch {
    return null;
  }
}

/**
 * @param {RTCDataChannel} channel
 * @param {() => void} listener - called now if the channel is open already
 */
export function whenOpen(channel, listener) {
  if (channel.readyState === "open") listener();
  else channel.addEventListener("open", listener);
}
