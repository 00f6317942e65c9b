/**
 * What two pages say to each other before a channel stands (docs/protocol.md, section 2): UTF-8 JSON
 * about one connection.
 */

/**
 * @typedef {object} Content
 * @property {RTCSessionDescriptionInit} [description]
 * @property {number} [round] - of a description: counts the offers of its offerer
 * @property {RTCIceCandidateInit} [candidate]
 * @property {boolean} [again] - the patient's page asks for a new connection
 *
 * @typedef {Content & {connection: number}} Payload
 */

/**
 * @param {Payload} payload
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(payload) {
  return new TextEncoder().encode(JSON.stringify(payload));
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
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
