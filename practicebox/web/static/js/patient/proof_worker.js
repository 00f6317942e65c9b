/**
 * A worker that solves the entrance's puzzle (`web/patient/proof.py`): for each part i a number n
 * for which SHA-256(puzzle || i || n) begins with enough zero bits.
 *
 * WebCrypto would take ten times as long: it answers each hash by a promise of its own. This file
 * imports nothing, because a worker has the strict policy of the file it comes from.
 */

// FIPS 180-4 sections 4.2.2 and 5.3.3
const ROUNDS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const BEGIN = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
const PUZZLE_WORDS = 8;
const LENGTH = (PUZZLE_WORDS + 2) * 32; // bits of a message: with its padding it is one block

const words = new Int32Array(64);

/** @returns {number} the first 32 bits of the hash of the block in `words` */
function hash() {
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15];
    const y = words[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = BEGIN;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  return (a + BEGIN[0]) >>> 0;
}

/**
 * @param {Int32Array} puzzle
 * @param {number} part
 * @param {number} bits
 */
function solve(puzzle, part, bits) {
  words.fill(0);
  words.set(puzzle);
  words[PUZZLE_WORDS] = part;
  words[PUZZLE_WORDS + 2] = 0x80000000;
  words[15] = LENGTH;
  for (let n = 0; ; n++) {
    words[PUZZLE_WORDS + 1] = n;
    if (hash() >>> (32 - bits) === 0) return n;
  }
}

/** @param {string} text - base64url of 32 bytes */
function read(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const view = new DataView(Uint8Array.from(plain, (one) => one.charCodeAt(0)).buffer);
  return Int32Array.from({ length: PUZZLE_WORDS }, (_, i) => view.getInt32(4 * i));
}

self.addEventListener("message", ({ data: { puzzle, parts, bits } }) => {
  const asked = read(puzzle);
  for (let part = 0; part < parts; part++) self.postMessage(solve(asked, part, bits));
});
