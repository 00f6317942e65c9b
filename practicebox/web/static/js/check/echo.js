/**
 * "So sehen und hören wir Sie": sends picture and sound to the box's echo and gets them back.
 *
 * Events: `stream` (detail: the stream that comes back), `over` (detail: `{code}`, the close code of
 * `check_echo.py`).
 */

import { emit } from "../call/events.js";

const ENCODING = { maxBitrate: 600_000, maxFramerate: 15 }; // bit/s; the box decodes and encodes it
const HEIGHT = 360; // pixels

export class Echo extends EventTarget {
  #socket;
  #connection = /** @type {RTCPeerConnection | null} */ (null);
  #tracks;

  /** @param {MediaStreamTrack[]} tracks */
  constructor(tracks) {
    super();
    this.#tracks = tracks;
    const address = new URL("/check/echo", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(data)));
    this.#socket.addEventListener("close", ({ code }) => emit(this, "over", { code }));
  }

  /** Ends it on both sides. */
  close() {
    this.#connection?.close();
    this.#socket.close();
  }

  /** @returns {Promise<boolean>} whether picture (or sound, where there is no camera) comes back */
  async comesBack() {
    const kind = this.#tracks.some((track) => track.kind === "video") ? "video" : "audio";
    const report = (await this.#connection?.getStats()) ?? new Map();
    return [...report.values()].some(
      (entry) =>
        entry.type === "inbound-rtp" &&
        entry.kind === kind &&
        (kind === "video" ? entry.framesDecoded > 3 : entry.packetsReceived > 20),
    );
  }

  /** @param {{kind: string, ice: RTCIceServer[], sdp: string}} message */
  async #hear({ kind, ice, sdp }) {
    try {
      if (kind === "ice") await this.#offer(ice);
      if (kind === "answer") await this.#connection?.setRemoteDescription({ type: "answer", sdp });
    } catch {
      this.close(); // this browser and the echo don't understand each other
    }
  }

  /** @param {RTCIceServer[]} iceServers */
  async #offer(iceServers) {
    const connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#connection = connection;
    const back = new MediaStream();
    connection.addEventListener("track", ({ track }) => {
      back.addTrack(track);
      emit(this, "stream", back);
    });
    for (const track of this.#tracks) addTrack(connection, track);
    const offered = connection.setLocalDescription().then(() => {
      this.#say({ kind: "offer", sdp: connection.localDescription?.sdp });
    });
    connection.addEventListener("icecandidate", async ({ candidate }) => {
      if (!candidate?.candidate) return;
      await offered;
      const { candidate: text, sdpMid: mid, sdpMLineIndex: index } = candidate;
      this.#say({ kind: "candidate", candidate: text, mid, index });
    });
    await offered;
  }

  /** @param {Record<string, unknown>} message */
  #say(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

/** @param {RTCPeerConnection} connection @param {MediaStreamTrack} track */
function addTrack(connection, track) {
  if (track.kind === "audio") {
    connection.addTransceiver(track);
    return;
  }
  const scaleResolutionDownBy = Math.max(1, (track.getSettings().height ?? HEIGHT) / HEIGHT);
  const transceiver = connection.addTransceiver(track, {
    sendEncodings: [{ ...ENCODING, scaleResolutionDownBy }],
  });
  const codecs = RTCRtpReceiver.getCapabilities?.("video")?.codecs ?? [];
  const light = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === "video/vp8");
  // Safari offers H.264 first, which costs the box three times as much.
  if (light.length) transceiver.setCodecPreferences?.(light);
}
