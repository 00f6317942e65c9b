/**
 * What the senders may spend: sound goes first, the picture adapts. Everything finer is the
 * browser's own congestion control.
 *
 * Chromium begins with a small picture, so that the first one is there at once, and takes some
 * 14 s to make it large again, however fast the line is. It looks anew when the preference changes:
 * with `QUICK` first and `FINE` as soon as the line proves fast, 720p is there after 2 s.
 */

/** @typedef {"maintain-framerate" | "maintain-resolution" | "balanced"} Preference */

export const QUICK = /** @type {Preference} */ ("maintain-framerate");
export const FINE = /** @type {Preference} */ ("balanced");
export const READABLE = /** @type {Preference} */ ("maintain-resolution"); // of a shared screen

const PICTURE = 2_500_000; // bit/s, enough for 720p; a practice's line has to offer 2 Mbit/s
const SOUND = 48_000; // bit/s; Opus is transparent for speech far below
const FAST = 1_000_000; // bit/s; less does not carry 720p
const LOOKS = [1200, 1500, 3000, 6000]; // milliseconds between looks at the line

/**
 * @param {RTCRtpSender} sender
 * @param {"audio" | "video"} kind
 * @param {Preference} preference - what to give up last, of a picture
 */
export async function tune(sender, kind, preference) {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings ?? [];
  if (!encoding) return; // not negotiated yet
  encoding.maxBitrate = kind === "audio" ? SOUND : PICTURE;
  encoding.priority = kind === "audio" ? "high" : "low";
  encoding.networkPriority = encoding.priority;
  if (kind === "video") Object.assign(parameters, { degradationPreference: preference });
  await sender.setParameters(parameters);
}

/**
 * Watches the beginning of a call.
 *
 * @param {RTCRtpSender} sender - of the picture
 * @returns {Promise<boolean>} whether the line carries a large picture
 */
export async function provesFast(sender) {
  for (const look of LOOKS) {
    await new Promise((resolve) => setTimeout(resolve, look));
    if ((await allowance(sender)) >= FAST) return true;
  }
  return false;
}

/**
 * @param {RTCRtpSender} sender
 * @returns {Promise<number>} bit/s; 0 where the browser does not tell
 */
async function allowance(sender) {
  try {
    const entries = [...(await sender.getStats()).values()];
    return entries.find(({ type }) => type === "outbound-rtp")?.targetBitrate ?? 0;
  } catch {
    return 0; // closed meanwhile
  }
}
