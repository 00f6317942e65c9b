/**
 * Asks the browser for microphone and camera and says in one word each how it went. A camera that
 * is missing, busy or refused does not cost the sound.
 */

/**
 * @typedef {"audio" | "video"} Kind
 * @typedef {"on" | "off" | "denied" | "missing" | "busy" | "insecure" | "failed"} Outcome
 *   `denied`: refused by the user or the system; `missing`: no such device; `busy`: another program
 *   has it; `insecure`: the browser gives no devices to a page without HTTPS; `failed`: all else.
 * @typedef {{track: MediaStreamTrack | null, outcome: Outcome}} Captured
 */

const OUTCOMES = /** @type {Record<string, Outcome>} */ ({
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  NotReadableError: "busy",
  AbortError: "busy", // Firefox, where the device starts but gives nothing
});
const PERMISSIONS = /** @type {Record<Kind, PermissionName>} */ ({
  audio: "microphone",
  video: "camera",
});
const WISHES = /** @type {Record<Kind, MediaTrackConstraints>} */ ({
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
});

/**
 * Asks for both in one question to the user; if that fails, for each alone.
 *
 * @param {Record<Kind, string>} devices - the chosen device ids, "" for the browser's choice
 * @returns {Promise<Record<Kind, Captured>>}
 */
export async function captureBoth(devices) {
  const { stream, outcome } = await attempt({
    audio: wish("audio", devices.audio),
    video: wish("video", devices.video),
  });
  const [audio = null] = stream?.getAudioTracks() ?? [];
  const [video = null] = stream?.getVideoTracks() ?? [];
  const both = { audio: { track: audio, outcome }, video: { track: video, outcome } };
  if (outcome === "on" || outcome === "insecure") return both;
  // A refusal was an answer: ask again only for what is not blocked while the other is.
  const asked = outcome === "denied" ? await blockedAlone() : null;
  if (outcome === "denied" && !asked) return both;
  if (asked !== "audio") both.audio = await capture("audio", devices.audio);
  if (asked !== "video") both.video = await capture("video", devices.video);
  return both;
}

/**
 * @param {Kind} kind
 * @param {string} device - its id, "" for the browser's choice
 * @returns {Promise<Captured>}
 */
export async function capture(kind, device) {
  const { stream, outcome } = await attempt({ [kind]: wish(kind, device) });
  return { track: stream?.getTracks()[0] ?? null, outcome };
}

/**
 * @param {Kind} kind
 * @param {string} device
 * @returns {MediaTrackConstraints}
 */
function wish(kind, device) {
  if (device) return { ...WISHES[kind], deviceId: { exact: device } };
  return kind === "video" ? { ...WISHES.video, facingMode: "user" } : WISHES.audio;
}

/**
 * @param {MediaStreamConstraints} constraints
 * @returns {Promise<{stream: MediaStream | null, outcome: Outcome}>}
 */
async function attempt({ audio = false, video = false }) {
  if (!navigator.mediaDevices?.getUserMedia) return { stream: null, outcome: "insecure" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio, video });
    return { stream, outcome: "on" };
  } catch (error) {
    const { name } = /** @type {DOMException} */ (error);
    // The chosen device is unplugged or can't do what was asked: any other will do.
    const canBeLowered =
      name === "OverconstrainedError" && (isDemanding(audio) || isDemanding(video));
    if (canBeLowered) return attempt({ audio: Boolean(audio), video: Boolean(video) });
    return { stream: null, outcome: OUTCOMES[name] ?? "failed" };
  }
}

/** @param {boolean | MediaTrackConstraints} constraints */
function isDemanding(constraints) {
  return typeof constraints === "object";
}

/**
 * The one kind that is blocked for this site, while the other is not.
 *
 * @returns {Promise<Kind | null>}
 */
async function blockedAlone() {
  try {
    const audio = await navigator.permissions.query({ name: PERMISSIONS.audio });
    const video = await navigator.permissions.query({ name: PERMISSIONS.video });
    if ((audio.state === "denied") === (video.state === "denied")) return null;
    return audio.state === "denied" ? "audio" : "video";
  } catch {
    return null; // a browser that does not tell
  }
}
