/**
 * One hop: a message goes from one connection of this page to another, both through the relay by
 * one way. What the relay takes and gives there is what it would of a consultation.
 */

const PATIENCE = 10000; // milliseconds, for allocations, ICE and DTLS on a slow line
const MESSAGE = "through the relay";

/**
 * @param {RTCIceServer[]} servers - one for each end
 * @returns {Promise<boolean>}
 */
export async function passes(servers) {
  const ends = servers.map(
    (server) => new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: "relay" }),
  );
  const [near, far] = ends;
  let timer = 0;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE);
  });
  try {
    return Boolean(await Promise.race([arrives(near, far), late]));
  } catch {
    return false; // what a browser refuses at once does not pass either
  } finally {
    clearTimeout(timer);
    for (const end of ends) end.close();
  }
}

/**
 * @param {RTCPeerConnection} near
 * @param {RTCPeerConnection} far
 * @returns {Promise<boolean>} never settles if nothing arrives
 */
async function arrives(near, far) {
  const channel = near.createDataChannel("loop");
  channel.addEventListener("open", () => channel.send(MESSAGE));
  const back = new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => resolve(data === MESSAGE));
    far.addEventListener("datachannel", ({ channel: other }) => {
      other.addEventListener("message", ({ data }) => other.send(data));
    });
  });
  const lost = Promise.race([allocated(near), allocated(far)].map(refused));
  trickle(near, far);
  trickle(far, near);
  await near.setLocalDescription();
  await far.setRemoteDescription(/** @type {RTCSessionDescription} */ (near.localDescription));
  await far.setLocalDescription();
  await near.setRemoteDescription(/** @type {RTCSessionDescription} */ (far.localDescription));
  return Boolean(await Promise.race([back, lost]));
}

/** @param {RTCPeerConnection} from @param {RTCPeerConnection} to */
function trickle(from, to) {
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate) to.addIceCandidate(candidate).catch(() => {}); // the other end is closed already
  });
}

/**
 * @param {RTCPeerConnection} connection
 * @returns {Promise<boolean>} whether gathering ends with any candidate
 */
function allocated(connection) {
  let hasOne = false;
  return new Promise((resolve) => {
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.candidate) hasOne = true;
      else if (!candidate) resolve(hasOne);
    });
  });
}

/**
 * @param {Promise<boolean>} allocated
 * @returns {Promise<boolean>} settles, with false, only if there is no candidate
 */
function refused(allocated) {
  return new Promise((resolve) => {
    allocated.then((hasOne) => hasOne || resolve(false));
  });
}
