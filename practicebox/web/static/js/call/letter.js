/**
 * The link of the letter, `#1.<rid>.<X>`, as both pages have it: the patient's from the QR code,
 * the clinician's from the unlocked box. X never goes over a line; what both need is derived from it
 * (HKDF-SHA256, RFC 5869), the same as `practice/link.py` does.
 */

const PATTERN = /#?1\.([\w-]{11})\.([\w-]{22})$/;

/** @typedef {{rid: string, secret: string}} Link - base64url; of 8 and of 16 bytes */

/** @param {string} text - a link, an address or anything else @returns {Link | null} */
export function read(text) {
  const match = PATTERN.exec(text.trim());
  return match ? { rid: match[1], secret: match[2] } : null;
}

/** @param {Link} link @returns {Promise<import("./seal.js").Root>} */
export async function rootOf({ rid, secret }) {
  const salt = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`pb-sig-v1|${rid}`));
  const uses = /** @type {KeyUsage[]} */ (["deriveBits", "deriveKey"]);
  const key = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, uses);
  return { key, salt: new Uint8Array(salt), room: `link|${rid}` };
}

/** @param {string} text - base64url */
function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
