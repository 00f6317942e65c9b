/**
 * Two statistics reports of one connection, a moment apart, as the few numbers that say how the
 * call is doing (W3C webrtc-stats).
 */

import { chosenPath } from "./path.js";

/**
 * @typedef {object} Sample
 * @property {import("./path.js").Path | null} path
 * @property {number | null} roundTrip - seconds
 * @property {Flow} audio
 * @property {Flow & Picture} video
 * @property {number | null} level - of the sound that arrives, 0 to 1
 * @property {number} energy - of the sound that has arrived since the beginning
 *
 * @typedef {object} Flow
 * @property {number} received - bit/s
 * @property {number} sent - bit/s
 * @property {number} loss - share of the packets to here that did not arrive, 0 to 1
 *
 * @typedef {object} Picture
 * @property {number} frames - decoded since the beginning
 * @property {number} frameRate - decoded per second
 * @property {number} width
 * @property {number} height
 */

/**
 * @param {RTCStatsReport} report
 * @param {RTCStatsReport | null} before - a second earlier, of the same connection
 * @returns {Sample}
 */
export function measure(report, before) {
  const picture = find(report, "inbound-rtp", "video");
  const sound = find(report, "inbound-rtp", "audio");
  const { path, roundTrip } = chosenPath(report);
  return {
    path,
    roundTrip,
    audio: flow(report, before, "audio"),
    video: {
      ...flow(report, before, "video"),
      frames: picture?.framesDecoded ?? 0,
      frameRate: rate(picture, earlier(before, picture), "framesDecoded"),
      width: picture?.frameWidth ?? 0,
      height: picture?.frameHeight ?? 0,
    },
    level: sound?.audioLevel ?? null,
    energy: sound?.totalAudioEnergy ?? 0,
  };
}

/**
 * @param {RTCStatsReport} report
 * @param {RTCStatsReport | null} before
 * @param {"audio" | "video"} kind
 * @returns {Flow}
 */
function flow(report, before, kind) {
  const inbound = find(report, "inbound-rtp", kind);
  const outbound = find(report, "outbound-rtp", kind);
  const lost = rate(inbound, earlier(before, inbound), "packetsLost");
  const arrived = rate(inbound, earlier(before, inbound), "packetsReceived");
  return {
    received: 8 * rate(inbound, earlier(before, inbound), "bytesReceived"),
    sent: 8 * rate(outbound, earlier(before, outbound), "bytesSent"),
    loss: lost > 0 ? lost / (lost + arrived) : 0, // duplicates make it negative
  };
}

/**
 * @param {RTCStatsReport} report
 * @param {"inbound-rtp" | "outbound-rtp"} type
 * @param {"audio" | "video"} kind
 */
function find(report, type, kind) {
  return [...report.values()].find((entry) => entry.type === type && entry.kind === kind);
}

/**
 * @param {RTCStatsReport | null} before
 * @param {{id: string} | undefined} entry
 */
function earlier(before, entry) {
  return entry && before?.get(entry.id);
}

/**
 * @param {any} now
 * @param {any} before
 * @param {string} name
 * @returns {number} per second; 0 as long as there is no earlier report
 */
function rate(now, before, name) {
  const seconds = (now?.timestamp - before?.timestamp) / 1000;
  return seconds > 0 ? ((now[name] ?? 0) - (before[name] ?? 0)) / seconds : 0;
}
