/** Keeps every outgoing picture of a conference at the step that steps.js chooses. */

import { CAMERA, STEPS, Uplink } from "./steps.js";

const PERIOD = 2000; // milliseconds between looks

/**
 * @param {() => import("../call/peer.js").Peer[]} peers - all connections of this page
 * @param {() => number} people - in the conference, this side's clinician or guest among them
 * @param {(step: number) => void} [tell]
 */
export function adapt(peers, people, tell = () => {}) {
  const uplink = new Uplink();
  const look = async () => {
    const present = peers();
    const looks = await Promise.all(present.map(lookAt));
    const rate = Math.min(...looks.map((each) => each.rate).filter((each) => !Number.isNaN(each)));
    const isHot = looks.some((each) => each.isHot);
    const step = uplink.judge(people(), { rate: Number.isFinite(rate) ? rate : NaN, isHot });
    for (const peer of present) peer.cap(STEPS[step]);
    tell(step);
  };
  void look();
  return window.setInterval(() => void look().catch(() => {}), PERIOD); // closed meanwhile
}

/**
 * @param {MediaStreamTrack | null} track - what goes out; a shared screen keeps its size
 * @param {number} step
 */
export function resize(track, step) {
  if (!track || track.contentHint === "detail") return;
  const { width, height, frameRate } = CAMERA[step];
  if (track.getSettings().height === height) return;
  const most = { width: { ideal: width }, height: { ideal: height }, frameRate: { max: frameRate } };
  track.applyConstraints(most).catch(() => {}); // a camera that can't is scaled by each encoder
}

/** @param {import("../call/peer.js").Peer} peer */
async function lookAt(peer) {
  const entries = peer.state === "connected" ? [...(await peer.statistics()).values()] : [];
  const path = entries.find(({ type, nominated }) => type === "candidate-pair" && nominated);
  const picture = entries.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
  return {
    rate: path?.availableOutgoingBitrate ?? NaN,
    isHot: picture?.qualityLimitationReason === "cpu",
  };
}
