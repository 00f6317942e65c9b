/**
 * Whether camera and microphone give anything, and the test tone.
 */

import { Level } from "../call/level.js";
import { on } from "../call/events.js";

const LIVE = 4000; // milliseconds until a camera gives its first pictures
const SPEECH = 7000; // milliseconds to say a word
const LOUD = 0.25; // of the meter: a voice at arm's length, not the hum of a fan
const LOUD_FOR = 3; // samples, some 200 ms
const TONE = 1.6; // seconds
const NOTES = [523.25, 659.25]; // Hz: two notes are noticed by who hears one of them badly

/**
 * @param {HTMLVideoElement} video - that plays the camera
 * @returns {Promise<boolean>} whether pictures come
 */
export async function isLive(video) {
  const end = performance.now() + LIVE;
  while (performance.now() < end) {
    if (video.videoWidth > 0 && video.currentTime > 0.1) return true;
    await pause(50);
  }
  return false;
}

/**
 * @param {MediaStreamTrack} track - of the microphone
 * @param {(level: number) => void} told - 0 to 1, again and again
 * @returns {Promise<boolean>} whether something was heard
 */
export async function hears(track, told) {
  const level = new Level();
  let loud = 0;
  const heard = new Promise((resolve) => {
    on(level, "level", ({ level: value }) => {
      told(value);
      loud += Number(value > LOUD);
      if (loud >= LOUD_FOR) resolve(true);
    });
    setTimeout(() => resolve(false), SPEECH);
  });
  level.follow(track);
  try {
    return Boolean(await heard);
  } finally {
    level.stop();
  }
}

/** Plays two notes, each with a soft beginning and end. */
export async function playTone() {
  const context = new AudioContext();
  await context.resume();
  const { destination, currentTime: now } = context;
  const length = TONE / NOTES.length;
  for (const [number, frequency] of NOTES.entries()) {
    const begin = now + 0.05 + number * length;
    const note = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(0.4, begin, 0.05);
    gain.gain.setTargetAtTime(0, begin + length - 0.2, 0.05);
    note.connect(gain).connect(destination);
    note.start(begin);
    note.stop(begin + length);
  }
  await pause(TONE * 1000 + 200);
  await context.close();
}

/** @param {number} milliseconds @returns {Promise<void>} */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
