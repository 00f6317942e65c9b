/** What the phone's page says to the box, and what the box answers. */

/** @typedef {import("./lights.js").View} View */
/** @typedef {{run: number, ways: Record<string, RTCIceServer[]>, view: View}} Begun */

const KEY = "reach";

/** The box doesn't know this test any more. */
export class Over extends Error {}

/** Takes the token out of the address bar into this tab's memory. */
export function token() {
  const found = location.hash.slice(1);
  if (/^[\w-]{22}$/.test(found)) sessionStorage.setItem(KEY, found);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return sessionStorage.getItem(KEY) ?? "";
}

/** @param {string} token @returns {Promise<Begun>} */
export function begin(token) {
  return post("/reach/begin", { token, secure: isSecureContext });
}

/**
 * @param {string} token
 * @param {number} run
 * @param {string} hop
 * @param {"testing" | "green" | "red"} light
 * @param {boolean} [ipv4] - whether the box has seen us by IPv4
 * @returns {Promise<{view: View}>}
 */
export function report(token, run, hop, light, ipv4 = false) {
  return post("/reach/report", { token, run, hop, light, ipv4 });
}

/** @param {string} path @param {object} body */
async function post(path, body) {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  if (response.status === 404) throw new Over();
  if (!response.ok) throw new Error(`${response.status}`);
  return await response.json();
}
