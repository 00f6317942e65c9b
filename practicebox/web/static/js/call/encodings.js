/**
 * What the senders may spend: sound goes first, the picture adapts. Everything finer is the
 * browser's own congestion control.
 *
 * Browsers begin with 300 kbit/s, however fast the line is. Of a picture that is too large for that
 * Chromium drops the first four (0.15 s) before it sends a smaller one, and then takes some 14 s to
 * make it large again. So ours begins small, is there at once, and grows as soon as the line proves
 * to carry more; 720p is there after 2 s.
 */

/**
 * @typedef {object} Aim - of a picture
 * @property {"maintain-framerate" | "maintain-resolution" | "balanced"} preference - what to keep
 * @property {number} pixels - at most, of 1280 x 720
 * @property {number} [bitrate] - at most; as much as a picture needs, if it is not said
 *
 * @typedef {"full" | "low" | "sound"} Rung - what a bad line leaves: `sound` pauses the picture
 */

const WHOLE = Infinity; // all pixels that the camera gives

export const QUICK = /** @type {Aim} */ ({ preference: "maintain-framerate", pixels: 320 * 180 });
export const READABLE = /** @type {Aim} */ ({ preference: "maintain-resolution", pixels: WHOLE });
const FINE = /** @type {Aim} */ ({ preference: "balanced", pixels: WHOLE });
const STEADY = /** @type {Aim} */ ({ preference: "maintain-framerate", pixels: WHOLE });

const PICTURE = 2_500_000; // bit/s, enough for 720p; a practice's line has to offer 2 Mbit/s
const SOUND = 48_000; // bit/s; Opus is transparent for speech far below
const FAST = 1_000_000; // bit/s; less does not carry 720p
const SMALLER = /** @type {[number, number][]} */ ([
  [500_000, 640 * 360], // from so many bit/s: so many pixels
  [250_000, 480 * 270],
  [0, QUICK.pixels],
]);
const LOW = /** @type {Aim} */ ({ ...QUICK, bitrate: 150_000 }); // leaves room for the sound
const LOOKS = [1200, 1500, 3000, 6000]; // milliseconds between looks at the line, the last for ever

/**
 * @param {RTCRtpSender} sender
 * @param {"audio" | "video"} kind
 * @param {Aim} aim
 */
export async function tune(sender, kind, aim) {
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings ?? [];
  if (!encoding) return; // not negotiated yet
  encoding.maxBitrate = kind === "audio" ? SOUND : (aim.bitrate ?? PICTURE);
  encoding.active = encoding.maxBitrate > 0;
  encoding.priority = kind === "audio" ? "high" : "low";
  encoding.networkPriority = encoding.priority;
  if (kind === "video") {
    encoding.scaleResolutionDownBy = scale(sender.track, aim);
    Object.assign(parameters, { degradationPreference: aim.preference });
  }
  await sender.setParameters(parameters);
}

/**
 * @param {Aim} aim
 * @param {Rung} rung
 * @returns {Aim} what is left of it; a shared screen stays readable, and comes more slowly
 */
export function limited(aim, rung) {
  if (rung === "full") return aim;
  const low = aim === READABLE ? { ...READABLE, bitrate: LOW.bitrate } : LOW;
  return rung === "low" ? low : { ...low, bitrate: 0 };
}

/**
 * @param {Aim} aim
 * @param {Aim} most
 * @returns {Aim} `most`; a shared screen keeps its size, or nobody could read it
 */
export function capped(aim, most) {
  return aim === READABLE ? { ...READABLE, bitrate: most.bitrate } : most;
}

/**
 * @param {MediaStreamTrack | null} track - a camera's; what comes later is taken for 720p
 * @param {Aim} aim
 * @returns {number} by what to divide width and height, 1 or more
 */
export function scale(track, { pixels }) {
  const { width = 1280, height = 720 } = track?.getSettings() ?? {};
  return Math.max(1, Math.sqrt((width * height) / pixels));
}

/**
 * Watches the line until it carries the whole picture.
 *
 * @param {RTCRtpSender} sender - of the picture
 * @param {() => boolean} isOver - whether the call is
 * @returns {AsyncGenerator<Aim>} what to aim for from now on
 */
export async function* aims(sender, isOver) {
  for (let look = 0; ; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOKS[look] ?? LOOKS.at(-1)));
    if (isOver()) return;
    const rate = await allowance(sender);
    if (Number.isNaN(rate)) return yield STEADY; // as this browser likes
    if (rate >= FAST) return yield FINE;
    const [, pixels] = SMALLER.find(([least]) => rate >= least) ?? [0, QUICK.pixels];
    yield { preference: "maintain-framerate", pixels };
  }
}

/**
 * @param {RTCRtpSender} sender
 * @returns {Promise<number>} bit/s; NaN where the browser does not tell
 */
async function allowance(sender) {
  const entries = [...(await sender.getStats()).values()];
  return entries.find(({ type }) => type === "outbound-rtp")?.targetBitrate ?? NaN;
}
