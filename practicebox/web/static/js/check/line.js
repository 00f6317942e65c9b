/**
 * How fast the line to the practice is, in kbit/s, either way.
 */

import { pause } from "./devices.js";

const LIMIT = 4000; // milliseconds each way
const FIRST = 32 * 1024; // bytes of the first block up; each is twice the one before
const LARGEST = 1024 * 1024;
const SHORT = 50; // milliseconds; what took less is not a measure, and needs no better one
const NOISE = 64 * 1024; // bytes that `getRandomValues` gives at once
const PATIENCE = 8; // tries, a second apart, while others measure

/**
 * @param {(speed: number) => void} told - again and again while it is measured
 * @returns {Promise<number | null>} null: it could not be measured
 */
export async function measureDown(told) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT + 2000);
  try {
    const answer = await patiently(() => fetch("/check/down", { signal: stop.signal }));
    return answer?.body ? await count(answer.body.getReader(), told) : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    stop.abort(); // what is still under way is of no use
  }
}

/**
 * @param {(speed: number) => void} told
 * @returns {Promise<number | null>}
 */
export async function measureUp(told) {
  const began = performance.now();
  let speed = /** @type {number | null} */ (null);
  for (let size = FIRST; size <= LARGEST; size *= 2) {
    const left = LIMIT - (performance.now() - began);
    if (speed !== null && (size * 8) / speed > left) break;
    const measured = await send(size, Math.max(left, LIMIT / 2));
    if (measured === null) break;
    speed = measured;
    told(speed);
  }
  return speed;
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {(speed: number) => void} told
 */
async function count(reader, told) {
  await reader.read(); // nobody knows when its bytes were sent
  const began = performance.now();
  let bytes = 0;
  let spent = 0;
  while (spent < LIMIT) {
    const piece = await reader.read();
    spent = performance.now() - began;
    if (piece.done) break;
    bytes += piece.value.length;
    if (spent > SHORT) told(rate(bytes, spent));
  }
  return bytes ? rate(bytes, Math.max(spent, 1)) : null;
}

/**
 * @param {number} size - bytes
 * @param {number} limit - milliseconds
 * @returns {Promise<number | null>} kbit/s, as the box saw it arrive
 */
async function send(size, limit) {
  const began = performance.now();
  try {
    const body = noise(size);
    const signal = AbortSignal.timeout(limit);
    const answer = await patiently(() => fetch("/check/up", { method: "POST", body, signal }));
    if (!answer) return null;
    const { bytes, seconds } = await answer.json();
    const here = rate(size, performance.now() - began);
    return seconds * 1000 < SHORT ? here : rate(bytes, seconds * 1000);
  } catch {
    // Not even the first block in all the time: so slow that only an upper bound is known.
    return size === FIRST ? rate(size, performance.now() - began) : null;
  }
}

/**
 * @param {() => Promise<Response>} request
 * @returns {Promise<Response | null>} null: refused
 */
async function patiently(request) {
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    const answer = await request();
    if (answer.ok) return answer;
    if (answer.status !== 503) return null;
    await pause(1000);
  }
  return null;
}

/** @param {number} size */
function noise(size) {
  const bytes = new Uint8Array(size);
  for (let start = 0; start < size; start += NOISE) {
    crypto.getRandomValues(bytes.subarray(start, Math.min(start + NOISE, size)));
  }
  return bytes;
}

/** @param {number} bytes @param {number} milliseconds */
function rate(bytes, milliseconds) {
  return (bytes * 8) / milliseconds;
}
