/** One hop: does the box's STUN responder tell us the address it sees us by? */

// Browsers repeat a Binding request for 9.5 s (RFC 8489 section 6.2.1); by then nobody answers.
const PATIENCE = 8000; // milliseconds

/**
 * @param {RTCIceServer} server - of STUN
 * @returns {Promise<{answered: boolean, ipv4: boolean}>} `ipv4`: the box has seen us by IPv4
 */
export async function binding(server) {
  const connection = new RTCPeerConnection({ iceServers: [server] });
  try {
    const found = gathered(connection);
    connection.createDataChannel("test");
    await connection.setLocalDescription();
    return await found;
  } finally {
    connection.close();
  }
}

/**
 * Where nothing translates addresses, browsers that may show the phone's own ones keep a mapped
 * address to themselves because it is the same: then it counts that gathering ends and that no
 * server is complained about (W3C WebRTC, `icecandidateerror`).
 *
 * @param {RTCPeerConnection} connection
 * @returns {Promise<{answered: boolean, ipv4: boolean}>}
 */
function gathered(connection) {
  let hasFailed = !("onicecandidateerror" in connection);
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), PATIENCE);
    /** @param {boolean} answered @param {string} [address] - that the box has seen */
    const done = (answered, address = "") => {
      clearTimeout(timer);
      resolve({ answered, ipv4: /^[\d.]+$/.test(address) });
    };
    connection.addEventListener("icecandidateerror", () => (hasFailed = true));
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate) return done(!hasFailed);
      const [, , , , address, , , type] = candidate.candidate.split(" ");
      if (type === "srflx") done(true, address);
    });
  });
}
