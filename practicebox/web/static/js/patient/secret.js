/**
 * The secret of the letter's link: out of the address bar at once, kept for a reload, and what
 * it turns into for the box, which gets `rid` and a token derived from X, never X itself.
 */

import { read, rootOf } from "../call/letter.js";

const KEY = "link";

/** @typedef {import("../call/letter.js").Link} Link */

/** Takes the secret out of the address bar into this tab's memory. */
export function keepFromAddress() {
  const link = read(location.hash);
  if (link) keep(link);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return kept();
}

/** @returns {Link | null} the link that this tab was opened with */
export function kept() {
  return read(sessionStorage.getItem(KEY) ?? "");
}

/** @param {Link} link - of a pasted address */
export function keep({ rid, secret }) {
  sessionStorage.setItem(KEY, `1.${rid}.${secret}`);
}

/** Who types a code has no link: no earlier one may be taken for it. */
export function drop() {
  sessionStorage.removeItem(KEY);
}

/** @param {Link} link @returns {Promise<string>} base64url */
export async function joinToken(link) {
  const { key, salt } = await rootOf(link);
  const info = new TextEncoder().encode("pb/sig/v1/join");
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info };
  return base64url(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256)));
}

/** @param {Uint8Array} data */
function base64url(data) {
  const text = btoa(String.fromCharCode(...data));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
