/**
 * The ways to the box, one by one: STUN by UDP, and the relay by UDP, TCP and TLS.
 */

import { carries, within } from "./loop.js";

/**
 * @typedef {import("./verdict.js").Path} Path
 * @typedef {import("./verdict.js").Reach} Reach
 */

const LIMIT = 5000; // milliseconds; browsers themselves wait up to ten seconds for a dead server

/**
 * Tries all paths at once.
 *
 * @param {(path: Path, reach: Reach) => void} told - as soon as one is known
 */
export async function tryPaths(told) {
  const { near, far } = await tickets();
  const paths = /** @type {Path[]} */ (["stun", "udp", "tcp", "tls"]);
  await Promise.all(
    paths.map(async (path) => told(path, await tryPath(path, near.get(path), far.get(path)))),
  );
}

/**
 * Each URL by itself, so that one path is tried and nothing else.
 *
 * @param {RTCIceServer[]} servers
 * @returns {Map<Path, RTCIceServer>}
 */
export function split(servers) {
  const found = /** @type {Map<Path, RTCIceServer>} */ (new Map());
  for (const server of servers) {
    for (const urls of [server.urls].flat()) {
      const path = pathOf(urls);
      if (path && !found.has(path)) found.set(path, { ...server, urls });
    }
  }
  return found;
}

/** @param {string} url @returns {Path | null} */
function pathOf(url) {
  if (url.startsWith("stun:")) return "stun";
  if (url.startsWith("turns:")) return "tls";
  if (!url.startsWith("turn:")) return null;
  return url.endsWith("transport=tcp") ? "tcp" : "udp";
}

async function tickets() {
  const answer = await fetch("/check/paths", { method: "POST" });
  if (!answer.ok) return { near: split([]), far: split([]) };
  const { near, far } = await answer.json();
  return { near: split(near), far: split(far) };
}

/**
 * @param {Path} path
 * @param {RTCIceServer} [near]
 * @param {RTCIceServer} [far]
 * @returns {Promise<Reach>}
 */
async function tryPath(path, near, far) {
  if (!near || !far) return "none";
  if (path !== "stun") return carries(near, far);
  return (await answers(near)) ? "ok" : "failed";
}

/**
 * Whether a STUN server answers. In the practice's own network there is no server-reflexive candidate,
 * because the address it would name is the host candidate's: then gathering simply ends, without an
 * error and long before a browser gives up on a silent server.
 *
 * @param {RTCIceServer} server
 */
async function answers(server) {
  const connection = new RTCPeerConnection({ iceServers: [server] });
  let isSending = false;
  let isRefused = false;
  const answered = new Promise((resolve) => {
    connection.addEventListener("icecandidate", ({ candidate }) => {
      isSending ||= candidate?.type === "host" && candidate.protocol === "udp";
      if (candidate?.type === "srflx") resolve(true);
    });
    connection.addEventListener("icecandidateerror", () => (isRefused = true));
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") resolve(isSending && !isRefused);
    });
  });
  connection.createDataChannel("path");
  try {
    await connection.setLocalDescription();
    return await within(LIMIT, answered.then(Boolean));
  } finally {
    connection.close();
  }
}
