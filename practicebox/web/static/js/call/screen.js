/**
 * The picture of this side's screen.
 */

const FRAMES = 15; // per second; documents and findings, not films

/** Phones have no screen to share. */
export function canShareScreen() {
  return Boolean(navigator.mediaDevices?.getDisplayMedia);
}

/**
 * @returns {Promise<MediaStreamTrack | null>} nothing if the user chose nothing
 */
export async function captureScreen() {
  try {
    const video = { frameRate: { max: FRAMES } };
    const stream = await navigator.mediaDevices.getDisplayMedia({ video, audio: false });
    const [track] = stream.getVideoTracks();
    track.contentHint = "detail";
    return track;
  } catch {
    return null;
  }
}
