/**
 * The data channels of a connection (docs/protocol.md, section 4): both sides open the same three,
 * so none can be opened by the other page and none needs a message to be opened.
 */

const LABELS = /** @type {const} */ (["control", "chat", "files"]); // the index is the id

/** @typedef {Record<typeof LABELS[number], RTCDataChannel>} Channels */

/**
 * @param {RTCPeerConnection} pc
 * @returns {Channels}
 */
export function openChannels(pc) {
  const channels = LABELS.map((label, id) => {
    const channel = pc.createDataChannel(label, { negotiated: true, id });
    channel.binaryType = "arraybuffer";
    return [label, channel];
  });
  return Object.fromEntries(channels);
}
