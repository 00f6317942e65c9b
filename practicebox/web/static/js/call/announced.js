/**
 * The announced candidate (docs/protocol.md, section 2). The practice's router keeps the port of an
 * outgoing packet where it can, so the clinician's browser is reachable at the public address of
 * the practice and its own local port, although no STUN server outside ever told it so.
 */

const SERVER_REFLEXIVE = 100; // type preference (RFC 8445 section 5.1.2.1)

/**
 * @param {RTCIceCandidate} candidate
 * @param {string | null} address - the public address of the practice
 * @returns {RTCIceCandidateInit | null} nothing for candidates that are not UDP host candidates of
 *   the same address family
 */
export function announce(candidate, address) {
  const line = candidate.candidate.split(" ");
  const [, component, transport, priority, host, port] = line;
  if (!address || line[7] !== "host" || transport.toLowerCase() !== "udp") return null;
  // Before the microphone is allowed, browsers hide the host and its family behind an mDNS name.
  if (!host.endsWith(".local") && host.includes(":") !== address.includes(":")) return null;
  const unspecified = address.includes(":") ? "::" : "0.0.0.0";
  const preference = SERVER_REFLEXIVE * 2 ** 24 + (Number(priority) % 2 ** 24);
  const words = [
    `candidate:announced${port}`,
    ...[component, "udp", preference, address, port, "typ", "srflx"],
    ...["raddr", unspecified, "rport", 0, "generation", 0, "ufrag", candidate.usernameFragment],
  ];
  return {
    candidate: words.join(" "),
    sdpMid: candidate.sdpMid,
    sdpMLineIndex: candidate.sdpMLineIndex,
    usernameFragment: candidate.usernameFragment,
  };
}
