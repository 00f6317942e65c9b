/**
 * The path that a connection has chosen: straight in the same network, straight through the
 * routers, or over the relay.
 */

/**
 * @typedef {object} Path
 * @property {string} local - kind of candidate: host, srflx, prflx or relay
 * @property {string} remote
 * @property {string} protocol - udp or tcp
 * @property {boolean} isRelayed
 */

/**
 * @param {RTCStatsReport} report
 * @returns {{path: Path | null, roundTrip: number | null, allowance: number | null}} round trip in
 *   seconds; what the browser thinks that the line carries, in bit/s
 */
export function chosenPath(report) {
  const pair = chosenPair(report);
  const local = report.get(pair?.localCandidateId);
  const remote = report.get(pair?.remoteCandidateId);
  if (!local || !remote) return { path: null, roundTrip: null, allowance: null };
  const kinds = [local.candidateType, remote.candidateType];
  const isRelayed = kinds.includes("relay");
  const path = { local: kinds[0], remote: kinds[1], protocol: local.protocol, isRelayed };
  const { currentRoundTripTime: roundTrip = null, availableOutgoingBitrate: allowance = null } = pair;
  return { path, roundTrip, allowance };
}

/** @param {RTCPeerConnection} pc */
export async function isRelayed(pc) {
  return chosenPath(await pc.getStats()).path?.isRelayed ?? false;
}

/** @param {RTCStatsReport} report */
function chosenPair(report) {
  const entries = [...report.values()];
  const transport = entries.find(({ type }) => type === "transport");
  if (transport?.selectedCandidatePairId) return report.get(transport.selectedCandidatePairId);
  // Firefox marks the pair itself.
  return entries.find(
    (entry) => entry.type === "candidate-pair" && entry.nominated && entry.selected,
  );
}
