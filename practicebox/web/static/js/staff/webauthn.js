/**
 * Passkeys (W3C Web Authentication) with the extension PRF: made, and asked for their 32 secret bytes.
 *
 * Knows no page. What the box says and hears is JSON with base64url, so that old browsers without
 * `parseCreationOptionsFromJSON` do as well.
 */

/** @typedef {{answer: string, secret: string}} Opened - JSON and base64url, for the box */
/** @typedef {{id: ArrayBuffer, answer: string}} Made */

/** The passkey gives no secret: the authenticator or the browser doesn't know PRF. */
export class NoSecret extends Error {}

/** The browser allows no passkeys here: it doesn't trust the certificate, or takes no such name. */
export class NotHere extends Error {}

/** @returns {boolean} */
export function isOffered() {
  return isSecureContext && typeof PublicKeyCredential === "function" && Boolean(navigator.credentials);
}

/**
 * Make a passkey; throw `NoSecret`, `NotHere` or what the browser throws (`NotAllowedError`: nobody confirmed,
 * `InvalidStateError`: there is one already).
 * @param {any} options - PublicKeyCredentialCreationOptionsJSON @returns {Promise<Made>}
 */
export async function make(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map(withBytes),
  };
  const made = await passkey(navigator.credentials.create({ publicKey }));
  const { prf } = made.getClientExtensionResults();
  if (!prf || prf.enabled === false) throw new NoSecret();
  const { clientDataJSON, attestationObject } = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return { id: made.rawId, answer: json(made, { clientDataJSON, attestationObject }) };
}

/**
 * Have a passkey sign, and open; throw `NoSecret`, `NotHere` or what the browser throws.
 * @param {any} options - PublicKeyCredentialRequestOptionsJSON
 * @param {ArrayBuffer} [id] - of the only passkey that will do
 * @returns {Promise<Opened>}
 */
export async function open(options, id) {
  const { first } = options.extensions.prf.eval;
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: id ? [/** @type {const} */ ({ type: "public-key", id })] : [],
    extensions: { prf: { eval: { first: bytes(first) } } },
  };
  const used = await passkey(navigator.credentials.get({ publicKey }));
  const secret = used.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw new NoSecret();
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    /** @type {AuthenticatorAssertionResponse} */ (used.response);
  const answer = json(used, { clientDataJSON, authenticatorData, signature, userHandle });
  return { answer, secret: text(secret) };
}

/** @param {Promise<Credential | null>} asked @returns {Promise<PublicKeyCredential>} */
async function passkey(asked) {
  try {
    return /** @type {PublicKeyCredential} */ (await asked);
  } catch (error) {
    // Chromium calls both a bad certificate and a finger that never came "NotAllowedError".
    if (error instanceof DOMException && (error.name === "SecurityError" || /certificate/i.test(error.message))) {
      throw new NotHere();
    }
    throw error;
  }
}

/** @param {PublicKeyCredential} passkey @param {Record<string, ArrayBuffer | null>} parts */
function json(passkey, parts) {
  const response = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, part && text(part)]),
  );
  return JSON.stringify({ id: passkey.id, rawId: text(passkey.rawId), type: passkey.type, response });
}

/** @param {{type: string, id: string}} passkey */
function withBytes(passkey) {
  return { ...passkey, id: bytes(passkey.id) };
}

/** @param {string} base64url */
function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {BufferSource} data @returns {string} base64url without padding */
function text(data) {
  const view = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  const base64 = btoa(String.fromCharCode(...view));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
