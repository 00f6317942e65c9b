/**
 * A picture over the whole screen, or in a small window above all others, where the browser can.
 */

export function canFullScreen() {
  return document.fullscreenEnabled || "webkitEnterFullscreen" in HTMLVideoElement.prototype;
}

/**
 * Goes there, or back.
 *
 * @param {HTMLElement} element - an iPhone shows only the first video in it
 */
export async function toggleFullScreen(element) {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (document.fullscreenEnabled) await element.requestFullscreen();
    else videoIn(element)?.webkitEnterFullscreen?.();
  } catch {
    // without a tap, or forbidden by the system: the page stays as it is
  }
}

/** Firefox has a button of its own for it and tells pages nothing. */
export function canPopOut() {
  return Boolean(document.pictureInPictureEnabled);
}

/**
 * Goes there, or back.
 *
 * @param {HTMLVideoElement} video
 * @returns {Promise<boolean>} whether the picture is out now
 */
export async function popOut(video) {
  if (!canPopOut()) return false;
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch {
    // without a tap, or the video shows nothing yet
  }
  return document.pictureInPictureElement === video;
}

/**
 * @param {HTMLElement} element
 * @returns {HTMLVideoElement & {webkitEnterFullscreen?: () => void} | null}
 */
function videoIn(element) {
  return element instanceof HTMLVideoElement ? element : element.querySelector("video");
}
