/**
 * The binary frames that the box forwards unread (docs/protocol.md, section 2): UTF-8 JSON with the
 * instances of the page that sends and the page that is meant, and the connection it is about.
 */

const LIMIT = 64 * 1024; // bytes; the box closes the socket over larger frames (1009)

/**
 * @typedef {object} Content
 * @property {RTCSessionDescriptionInit} [description]
 * @property {number} [round] - of a description: counts the offers of its offerer
 * @property {RTCIceCandidateInit} [candidate]
 * @property {boolean} [again] - the patient's page asks for a new connection
 *
 * @typedef {Content & {from: string, to: string, connection: number}} Payload
 */

/**
 * @param {Payload} payload
 * @returns {Uint8Array<ArrayBuffer> | null} nothing if it is larger than a frame may be
 */
export function encode(payload) {
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  return bytes.length <= LIMIT ? bytes : null;
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Payload | null} nothing for what is not a payload; its fields are not checked
 */
export function decode(bytes) {
  try {
    const payload = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return payload !== null && typeof payload === "object" ? payload : null;
  } catch {
    return null;
  }
}
