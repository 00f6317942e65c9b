/**
 * The mesh channel between the moderator's page and a guest's (docs/protocol.md, section 7): JSON on
 * a fourth data channel of their own connection. The box never sees any of it.
 */

import { oneLine } from "../call/text.js";
import { say, understood, whenOpen } from "../call/wire.js";

const LABEL = "mesh";
const ID = 3; // behind the three of channels.js
const LIMIT = 65_536; // characters of a message; an offer within JSON has some 8,000
const NAME = 120; // characters
const MOST = 12; // names that one side may bring along

export { say };

/**
 * @param {import("../call/peer.js").Peer} peer
 * @param {{opened: (channel: RTCDataChannel) => void,
 *   read: (message: Record<string, unknown>, channel: RTCDataChannel) => void}} listener
 */
export function openMesh(peer, { opened, read }) {
  const channel = peer.open(LABEL, ID);
  whenOpen(channel, () => opened(channel));
  channel.addEventListener("message", ({ data }) => {
    const message = understood(data, LIMIT);
    if (message) read(message, channel);
  });
}

/**
 * @param {unknown} value - from the other page
 * @returns {string[]} names of people in a room
 */
export function names(value) {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST).map((name) => oneLine(name, NAME)).filter(Boolean);
}

/** @param {unknown} value @returns {string} */
export function shortText(value) {
  return oneLine(value, NAME);
}
