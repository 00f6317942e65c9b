/**
 * A connection from this page to itself through the relay: two peer connections, one data channel.
 */

/** @typedef {import("./verdict.js").Reach} Reach */

const LIMIT = 6000; // milliseconds; TCP, TLS and two allocations at 500 ms each way take 4000

/**
 * @param {RTCIceServer} near - the relay with the ticket of one end
 * @param {RTCIceServer} far - the same relay with that of the other end
 * @returns {Promise<Reach>}
 */
export async function carries(near, far) {
  const ends = [near, far].map(
    (server) => new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: "relay" }),
  );
  const [here, there] = ends;
  let isReached = false;
  try {
    here.addEventListener("icecandidate", ({ candidate }) => {
      isReached ||= candidate?.type === "relay";
    });
    const isCarried = await within(LIMIT, Promise.race([messageThrough(here, there), refusal(here)]));
    if (isCarried) return "ok";
    return isReached ? "reached" : "failed";
  } finally {
    for (const end of ends) end.close(); // which gives the allocations back
  }
}

/**
 * @param {RTCPeerConnection} here
 * @param {RTCPeerConnection} there
 * @returns {Promise<boolean>} when a message has gone there and back
 */
async function messageThrough(here, there) {
  const channel = here.createDataChannel("path");
  const arrived = new Promise((resolve) => {
    channel.addEventListener("open", () => channel.send("?"));
    channel.addEventListener("message", () => resolve(true));
  });
  there.addEventListener("datachannel", ({ channel: other }) => {
    other.addEventListener("message", () => other.send("!"));
  });
  trickle(here, there);
  trickle(there, here);
  await here.setLocalDescription();
  await there.setRemoteDescription(/** @type {RTCSessionDescription} */ (here.localDescription));
  await there.setLocalDescription();
  await here.setRemoteDescription(/** @type {RTCSessionDescription} */ (there.localDescription));
  await arrived;
  return true;
}

/** @param {RTCPeerConnection} from @param {RTCPeerConnection} to */
function trickle(from, to) {
  const held = /** @type {RTCIceCandidate[]} */ ([]);
  const add = (/** @type {RTCIceCandidate} */ candidate) => {
    to.addIceCandidate(candidate).catch(() => {}); // closed meanwhile
  };
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (!candidate) return;
    if (to.remoteDescription) add(candidate);
    else held.push(candidate);
  });
  to.addEventListener("signalingstatechange", () => {
    if (to.remoteDescription) for (const candidate of held.splice(0)) add(candidate);
  });
}

/**
 * @param {RTCPeerConnection} connection
 * @returns {Promise<boolean>} false once gathering is over without a candidate of the relay
 */
function refusal(connection) {
  let isReached = false;
  return new Promise((resolve) => {
    connection.addEventListener("icecandidate", ({ candidate }) => {
      isReached ||= candidate?.type === "relay";
    });
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete" && !isReached) resolve(false);
    });
  });
}

/**
 * @param {number} milliseconds
 * @param {Promise<boolean>} promise
 * @returns {Promise<boolean>} false if it takes longer or fails
 */
export function within(milliseconds, promise) {
  const late = new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
  return Promise.race([promise, late]).then(Boolean, () => false);
}
