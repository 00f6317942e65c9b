/**
 * Puts the bytes of a file on a data channel, never more at a time than the channel digests.
 */

import { BLOCK, BlockDigest } from "./digest.js";

const FRAME = 64 * 1024; // bytes; every browser takes messages of this size
const HIGH = 1024 * 1024; // bytes in the channel's buffer at which to wait
const LOW = 256 * 1024; // … and to go on: enough that the line does not run dry

/**
 * Raises what the file or the channel raise, and the reason of `signal`.
 *
 * @param {RTCDataChannel} channel
 * @param {Blob} file
 * @param {(bytes: number) => void} onmoved
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the digest of the file
 */
export async function sendFile(channel, file, onmoved, signal) {
  const digest = new BlockDigest();
  channel.bufferedAmountLowThreshold = LOW;
  for (let start = 0; start < file.size; start += BLOCK) {
    const block = new Uint8Array(await file.slice(start, start + BLOCK).arrayBuffer());
    digest.add(block);
    for (let offset = 0; offset < block.length; offset += FRAME) {
      const frame = block.subarray(offset, offset + FRAME);
      await drained(channel, signal);
      signal.throwIfAborted();
      channel.send(frame);
      onmoved(frame.length);
    }
  }
  return digest.hex();
}

/**
 * @param {RTCDataChannel} channel
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
async function drained(channel, signal) {
  if (channel.bufferedAmount <= HIGH || signal.aborted) return;
  const waiting = new AbortController();
  await new Promise((resolve) => {
    const options = { signal: waiting.signal };
    channel.addEventListener("bufferedamountlow", resolve, options);
    channel.addEventListener("close", resolve, options);
    signal.addEventListener("abort", resolve, options);
  });
  waiting.abort();
}
