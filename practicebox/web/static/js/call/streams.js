/**
 * Media streams that stay the same object, for the elements that show them, while tracks change.
 */

/**
 * @param {MediaStream} stream
 * @param {string} kind
 * @param {MediaStreamTrack | null} track - the only one of its kind in the stream from now on
 */
export function hold(stream, kind, track) {
  for (const old of stream.getTracks()) {
    if (old.kind === kind && old !== track) stream.removeTrack(old);
  }
  if (track) stream.addTrack(track);
}
