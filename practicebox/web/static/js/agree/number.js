/** What two pages that agreed on a key derive from it: the root of the seal, and the check number. */

const DIGITS = 1_000_000;

/** @typedef {import("../call/seal.js").Root} Root */

/**
 * @param {ArrayBuffer} shared - 32 bytes, known to both pages only
 * @param {Uint8Array<ArrayBuffer>} salt - the hash of all that was said
 * @returns {Promise<Root>}
 */
export async function rootFrom(shared, salt) {
  const uses = /** @type {KeyUsage[]} */ (["deriveBits", "deriveKey"]);
  const key = await crypto.subtle.importKey("raw", shared, "HKDF", false, uses);
  return { key, salt, room: "code" };
}

/** @param {Root} root @returns {Promise<string>} six digits */
export async function number({ key, salt }) {
  const info = new TextEncoder().encode("pb/sig/v1/number");
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info };
  const bits = await crypto.subtle.deriveBits(parameters, key, 64);
  const value = new DataView(bits).getBigUint64(0) % BigInt(DIGITS); // uneven by 1 in 10^13
  return String(value).padStart(6, "0");
}
