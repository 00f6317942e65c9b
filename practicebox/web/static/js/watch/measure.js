/**
 * Two statistics reports of one connection, a moment apart, as the few numbers that say how the
 * call is doing (W3C webrtc-stats).
 */

import { chosenPath } from "../call/path.js";

const FRESH = 7000; // milliseconds; reports on sound come every 5 s (RFC 3550 section 6.2)

/**
 * @typedef {object} Sample
 * @property {import("../call/path.js").Path | null} path
 * @property {number | null} roundTrip - seconds
 * @property {number | null} allowance - bit/s that the line carries from here, where browsers tell
 * @property {number | null} farLoss - share of the packets from here that did not arrive, 0 to 1
 * @property {number} concealed - share of the sound to here that had to be made up, 0 to 1
 * @property {Flow} audio
 * @property {Flow & Picture} video
 * @property {boolean} isStill - no sound arrived in between
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
  return {
    ...chosenPath(report),
    farLoss: farLoss(report),
    concealed: concealed(sound, earlier(before, sound)),
    audio: flow(report, before, "audio"),
    video: {
      ...flow(report, before, "video"),
      frames: picture?.framesDecoded ?? 0,
      frameRate: rate(picture, earlier(before, picture), "framesDecoded"),
      width: picture?.frameWidth ?? 0,
      height: picture?.frameHeight ?? 0,
    },
    isStill: sound?.packetsReceived === earlier(before, sound)?.packetsReceived,
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
 * What the other side last said of what arrives there; of a paused picture it says nothing new.
 *
 * @param {RTCStatsReport} report
 * @returns {number | null}
 */
function farLoss(report) {
  const entries = [...report.values()];
  const now = Math.max(...entries.map(({ timestamp }) => timestamp));
  const shares = entries
    .filter(({ type, timestamp }) => type === "remote-inbound-rtp" && now - timestamp < FRESH)
    .map(({ fractionLost = 0 }) => fractionLost);
  return shares.length ? Math.max(...shares) : null;
}

/**
 * @param {any} now
 * @param {any} before
 */
function concealed(now, before) {
  const all = rate(now, before, "totalSamplesReceived");
  const silent = rate(now, before, "silentConcealedSamples"); // nobody spoke anyhow
  return all > 0 ? Math.max(0, rate(now, before, "concealedSamples") - silent) / all : 0;
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
