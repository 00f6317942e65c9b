/**
 * A connection made ahead. The first one of a page costs the browser tens of milliseconds (threads,
 * lists of codecs), which nobody needs to wait for once somebody is there.
 */

const ONE_PATH = /** @type {const} */ ({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" });
const CAN_LEARN = "setConfiguration" in RTCPeerConnection.prototype; // Firefox since 119

let spare = /** @type {RTCPeerConnection | null} */ (null);

/** Makes one; it gathers nothing and sends nothing. */
export function prepareConnection() {
  if (CAN_LEARN) spare ??= new RTCPeerConnection(ONE_PATH);
}

/**
 * Other ICE servers for what the connection gathers next; old credentials may be worth nothing.
 *
 * @param {RTCPeerConnection} pc
 * @param {RTCIceServer[]} iceServers
 */
export function teachConnection(pc, iceServers) {
  if (CAN_LEARN && pc.signalingState !== "closed")
    pc.setConfiguration({ ...ONE_PATH, iceServers });
}

/**
 * @param {RTCIceServer[]} iceServers
 * @returns {RTCPeerConnection} the one made ahead, if there is one
 */
export function takeConnection(iceServers) {
  const configuration = { ...ONE_PATH, iceServers };
  const taken = spare ?? new RTCPeerConnection(configuration);
  if (spare) spare.setConfiguration(configuration);
  spare = null;
  return taken;
}
