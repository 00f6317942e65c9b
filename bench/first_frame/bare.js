/**
 * The yardstick: a consultation with nothing around it, in one of three orders.
 *
 * - `naive`: a new socket and a new connection at the tap, descriptions sent with all candidates
 * - `trickle`: the socket is open before; candidates are sent as they are found
 * - `advance`: connected before, without tracks; `replaceTrack` at the admission
 *
 * In the first two the patient's tap on `#enter` is the start, in the last the doctor's click on
 * `#admit`. The button is enabled as soon as everything stands that may stand before it.
 */

/** @typedef {"naive" | "trickle" | "advance"} Order */

const query = new URLSearchParams(location.search);
const order = /** @type {Order} */ (query.get("order"));
const isDoctor = query.get("role") === "doctor";
const configuration = /** @type {RTCConfiguration} */ ({
  iceServers: [{ urls: query.get("stun") ?? "" }],
  bundlePolicy: "max-bundle",
  rtcpMuxPolicy: "require",
});
// The same as the product asks for.
const WISHES = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
};

const media = await navigator.mediaDevices.getUserMedia(WISHES);
let socket = /** @type {WebSocket | null} */ (null);
let pc = /** @type {RTCPeerConnection | null} */ (null);
let queue = Promise.resolve();
let early = /** @type {RTCIceCandidateInit[]} */ ([]);

/** @returns {Promise<void>} when the socket to the other page is open */
function openSocket() {
  const address = `${location.origin.replace(/^http/, "ws")}/socket?room=${query.get("room")}`;
  const opening = new WebSocket(address);
  socket = opening;
  opening.addEventListener("message", ({ data }) => {
    queue = queue.then(() => take(JSON.parse(data)));
  });
  return new Promise((resolve) => opening.addEventListener("open", () => resolve()));
}

/** @param {object} message */
function tell(message) {
  socket?.send(JSON.stringify(message));
}

/** A connection that carries microphone and camera, or in advance neither of them. */
function connect() {
  const made = new RTCPeerConnection(configuration);
  pc = made;
  made.addEventListener("track", ({ track }) => show(track));
  made.addEventListener("connectionstatechange", () => {
    if (order === "advance" && made.connectionState === "connected") ready("admit");
  });
  if (order !== "naive") {
    made.addEventListener("icecandidate", ({ candidate }) => candidate && tell({ candidate }));
  }
  return made;
}

/** @param {RTCPeerConnection} made */
async function offer(made) {
  for (const track of media.getTracks()) {
    if (order === "advance") made.addTransceiver(track.kind, { direction: "sendrecv" });
    else made.addTrack(track, media);
  }
  await made.setLocalDescription();
  await describe(made);
}

/** @param {RTCPeerConnection} made @param {RTCSessionDescriptionInit} description */
async function answer(made, description) {
  await made.setRemoteDescription(description);
  if (order === "advance") {
    for (const transceiver of made.getTransceivers()) transceiver.direction = "sendrecv";
  } else {
    for (const track of media.getTracks()) made.addTrack(track, media);
  }
  await made.setLocalDescription();
  await describe(made);
  await addEarly(made);
}

/** @param {RTCPeerConnection} made */
async function describe(made) {
  if (order === "naive") await gathered(made);
  tell({ description: made.localDescription });
}

/** @param {RTCPeerConnection} made @returns {Promise<void>} */
function gathered(made) {
  return new Promise((resolve) => {
    const look = () => made.iceGatheringState === "complete" && resolve();
    made.addEventListener("icegatheringstatechange", look);
    look();
  });
}

/** @param {RTCPeerConnection} made */
async function addEarly(made) {
  for (const candidate of early.splice(0)) await made.addIceCandidate(candidate);
}

/** @param {any} message */
async function take({ kind, description, candidate }) {
  if (kind === "join") await offer(connect());
  if (kind === "admit") attach();
  if (description?.type === "offer") await answer(pc ?? connect(), description);
  if (description?.type === "answer" && pc) {
    await pc.setRemoteDescription(description);
    await addEarly(pc);
  }
  if (candidate && pc?.remoteDescription) await pc.addIceCandidate(candidate);
  else if (candidate) early.push(candidate);
}

/** Sends microphone and camera over the connection that stands. */
function attach() {
  for (const { sender, receiver } of pc?.getTransceivers() ?? []) {
    const track = media.getTracks().find(({ kind }) => kind === receiver.track.kind);
    void sender.replaceTrack(track ?? null);
  }
}

/** @param {MediaStreamTrack} track */
function show(track) {
  const video = /** @type {HTMLVideoElement} */ (document.getElementById("remote"));
  const stream = /** @type {MediaStream} */ (video.srcObject ?? new MediaStream());
  stream.addTrack(track);
  video.srcObject = stream;
}

/** @param {"admit" | "enter"} id */
function ready(id) {
  /** @type {HTMLButtonElement} */ (document.getElementById(id)).disabled = false;
}

document.getElementById("admit")?.addEventListener("click", () => {
  attach();
  tell({ kind: "admit" });
});
document.getElementById("enter")?.addEventListener("click", async () => {
  if (order === "naive") await openSocket();
  tell({ kind: "join" });
});

// The doctor's page is loaded first.
if (isDoctor || order !== "naive") await openSocket();
if (!isDoctor && order === "trickle") connect();
if (!isDoctor && order === "advance") tell({ kind: "join" });
else if (!isDoctor) ready("enter");
document.body.dataset.ready = "yes";
