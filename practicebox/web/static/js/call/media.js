/**
 * This side's microphone, camera and screen. Knows tracks, nothing of connections and elements.
 *
 * Events: `track` (detail: `{kind, track}`: send it now, or nothing), `state` (detail:
 * `MediaState`), `silenced`, `restored` (detail: `{kind}`: a phone call took it, or gave it back).
 */

import { captureBoth } from "./capture.js";
import { emit, on } from "./events.js";
import { captureScreen } from "./screen.js";
import { hold } from "./streams.js";
import { Source } from "./source.js";

/**
 * @typedef {import("./capture.js").Kind} Kind
 * @typedef {import("./capture.js").Outcome} Outcome
 * @typedef {{microphone: boolean, camera: boolean, screen: boolean,
 *   outcome: Record<Kind, Outcome>}} MediaState
 */

export class Media extends EventTarget {
  /** The own picture; stays the same object while tracks come and go. */
  stream = new MediaStream();
  #sources = { audio: new Source("audio"), video: new Source("video") };
  #screen = /** @type {MediaStreamTrack | null} */ (null);
  #isMuted = false;
  #isHidden = false; // the user wants no camera
  #queue = Promise.resolve(); // a switch flipped twice ends where it began

  constructor() {
    super();
    for (const source of Object.values(this.#sources)) {
      const { kind } = source;
      on(source, "changed", () => this.#changed(source));
      on(source, "silenced", () => emit(this, "silenced", { kind }));
      on(source, "restored", () => emit(this, "restored", { kind }));
    }
  }

  /** What is to be sent now. */
  get tracks() {
    const picture = this.#isHidden ? null : this.#sources.video.track;
    return { audio: this.#sources.audio.track, video: this.#screen ?? picture };
  }

  /** @returns {MediaState} */
  get state() {
    const { audio, video } = this.#sources;
    return {
      microphone: Boolean(audio.track) && !this.#isMuted,
      camera: Boolean(video.track),
      screen: Boolean(this.#screen),
      outcome: { audio: audio.outcome, video: video.outcome },
    };
  }

  /** Asks for microphone and camera, after an interruption too. */
  open() {
    const { audio, video } = this.#sources;
    return this.#next(async () => {
      for (const source of [audio, video]) source.close();
      if (this.#isHidden) return audio.open();
      const captured = await captureBoth({ audio: audio.device, video: video.device });
      for (const source of [audio, video]) source.hold(captured[source.kind]);
    });
  }

  /** Gives everything back. */
  close() {
    return this.#next(async () => {
      for (const source of Object.values(this.#sources)) source.close();
      this.#show(null);
    });
  }

  /** @param {Kind} kind @param {string} device - its id */
  choose(kind, device) {
    return this.#next(() => this.#sources[kind].choose(device));
  }

  /** @param {boolean} isOn */
  setMicrophone(isOn) {
    this.#isMuted = !isOn;
    this.#changed(this.#sources.audio);
    return this.#next(async () => this.#isMuted || this.#sources.audio.open());
  }

  /** @param {boolean} isOn - off gives the camera back: no light, no picture */
  setCamera(isOn) {
    const { video } = this.#sources;
    this.#isHidden = !isOn;
    return this.#next(async () => (this.#isHidden ? video.close() : video.open()));
  }

  /** @param {boolean} isOn - the screen takes the place of the camera's picture */
  setScreen(isOn) {
    return this.#next(async () => this.#show(isOn ? await captureScreen() : null));
  }

  /** @param {MediaStreamTrack | null} screen */
  #show(screen) {
    this.#screen?.stop();
    this.#screen = screen;
    screen?.addEventListener("ended", () => this.#screen === screen && this.#show(null));
    this.#changed(this.#sources.video);
  }

  /** @param {Source} source */
  #changed({ kind, track }) {
    hold(this.stream, kind, track);
    if (track && kind === "audio") track.enabled = !this.#isMuted;
    emit(this, "track", { kind, track: this.tracks[kind] });
    emit(this, "state", this.state);
  }

  /** @param {() => Promise<unknown>} job - which does not throw: outcomes have names */
  #next(job) {
    return (this.#queue = this.#queue.then(job).then(() => {}));
  }
}
