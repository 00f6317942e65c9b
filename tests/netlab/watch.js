/** What the lab notes in every page: its connections, the tap, and the frames it shows. */

const lab = {
  connections: /** @type {RTCPeerConnection[]} */ ([]),
  candidates: /** @type {string[]} */ ([]), // found here
  tapped: 0,
  shown: /** @type {number[]} */ ([]), // when frames of the other side were

  /** @param {string} selector - of the button whose click counts */
  noteTap(selector) {
    const note = (/** @type {Event} */ { timeStamp }) => {
      lab.tapped = performance.timeOrigin + timeStamp; // the machine's clock, the same for all pages
    };
    document.querySelector(selector)?.addEventListener("click", note, { capture: true, once: true });
  },

  /** Notes every frame that the page shows of the other side from now on. */
  noteFrames() {
    const remote = /** @type {HTMLVideoElement} */ (document.querySelector("#remote"));
    const note = () => {
      lab.shown.push(performance.timeOrigin + performance.now());
      remote.requestVideoFrameCallback(note);
    };
    remote.requestVideoFrameCallback(note);
  },

  /** @param {number} moment - of the machine's clock, in milliseconds */
  firstFrameAfter(moment) {
    return lab.shown.find((time) => time > moment) ?? 0;
  },

  /** @param {number} moment - likewise; the time since the last frame counts as well */
  longestGap(moment) {
    const times = [moment, ...lab.shown.filter((time) => time > moment), performance.timeOrigin + performance.now()];
    return Math.max(...times.slice(1).map((time, index) => time - times[index]));
  },

  /** @param {string} selector */
  shows(selector) {
    return document.querySelector(selector)?.checkVisibility() ?? false;
  },

  /** What is known of the newest connection. */
  async status() {
    const connection = lab.connections.findLast(({ connectionState }) => connectionState !== "closed");
    const entries = connection ? [...(await connection.getStats()).values()] : [];
    const find = (/** @type {string} */ id) => entries.find((entry) => entry.id === id);
    const transport = entries.find(({ type }) => type === "transport");
    const pair = transport?.selectedCandidatePairId
      ? find(transport.selectedCandidatePairId)
      : entries.find(({ type, nominated, selected }) => type === "candidate-pair" && nominated && selected);
    return {
      state: connection?.connectionState ?? "none",
      local: find(pair?.localCandidateId) ?? null,
      remote: find(pair?.remoteCandidateId) ?? null,
      frames: lab.shown.length,
      firstFrame: lab.shown[0] ?? 0,
      tapped: lab.tapped,
      count: lab.connections.length,
    };
  },
};

class Watched extends RTCPeerConnection {
  /** @param {RTCConfiguration} [configuration] */
  constructor(configuration) {
    super(configuration);
    lab.connections.push(this);
    this.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) lab.candidates.push(candidate.candidate);
    });
    this.addEventListener("icecandidateerror", ({ url, errorCode, errorText }) => {
      lab.candidates.push(`${url}: ${errorCode} ${errorText}`);
    });
  }
}
window.RTCPeerConnection = Watched;
Object.assign(window, { lab });
