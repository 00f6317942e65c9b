/**
 * How loud a track is, for a meter.
 *
 * Events: `level` (detail: `{level}`, 0 to 1), some 15 times a second.
 */

import { emit } from "./events.js";

const PERIOD = 66; // milliseconds
const SAMPLES = 1024; // 21 ms at 48 kHz
const QUIETEST = -60; // dB of full scale, shown as 0

export class Level extends EventTarget {
  #context = /** @type {AudioContext | null} */ (null);
  #track = /** @type {MediaStreamTrack | null} */ (null);
  #timer = 0;

  /** @param {MediaStreamTrack | null} track */
  follow(track) {
    if (track === this.#track) return;
    this.stop();
    if (!track) return;
    this.#track = track;
    const context = new AudioContext();
    this.#context = context;
    const analyser = new AnalyserNode(context, { fftSize: SAMPLES });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(SAMPLES);
    this.#timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      emit(this, "level", { level: loudness(samples) });
    }, PERIOD);
    context.resume().catch(() => {}); // waits for a tap where the page had none yet
  }

  stop() {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = null;
    this.#track = null;
  }
}

/** @param {Float32Array} samples */
export function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, 1 - decibels / QUIETEST));
}
