/**
 * The secret of the letter's link: out of the address bar at once, kept for a reload, and what
 * it turns into for the box.
 *
 * `#1.<rid>.<X>`: the box gets `rid` and a token derived from X, never X itself.
 */

const KEY = "link";
const PATTERN = /#?(1\.([\w-]{11})\.([\w-]{22}))$/;

/** @typedef {{rid: string, secret: string}} Link */

/** Takes the secret out of the address bar into this tab's memory. */
export function keepFromAddress() {
  const match = PATTERN.exec(location.hash);
  if (match) sessionStorage.setItem(KEY, match[1]);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return kept();
}

/** @returns {Link | null} the link that this tab was opened with */
export function kept() {
  return read(sessionStorage.getItem(KEY) ?? "");
}

/** @param {string} text - a link, an address or anything else @returns {Link | null} */
export function read(text) {
  const match = PATTERN.exec(text.trim());
  return match ? { rid: match[2], secret: match[3] } : null;
}

/** @param {Link} link - of a pasted address */
export function keep({ rid, secret }) {
  sessionStorage.setItem(KEY, `1.${rid}.${secret}`);
}

/**
 * HKDF-SHA256 of the secret (RFC 5869), the same as `practice/link.py`.
 *
 * @param {Link} link
 * @returns {Promise<string>} base64url
 */
export async function joinToken({ rid, secret }) {
  const text = new TextEncoder();
  const salt = await crypto.subtle.digest("SHA-256", text.encode(`pb-sig-v1|${rid}`));
  const key = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: text.encode("pb/sig/v1/join") };
  return base64url(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256)));
}

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** @param {Uint8Array} data */
function base64url(data) {
  const text = btoa(String.fromCharCode(...data));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
