/**
 * Which browser on which system this is, and whether it's one inside another app. Only to choose the
 * right instructions: what a browser can do is asked of the browser itself.
 */

/**
 * @typedef {"chrome" | "edge" | "firefox" | "safari" | "samsung" | "other"} Browser
 * @typedef {"windows" | "macos" | "linux" | "android" | "ios" | "other"} System
 * @typedef {{browser: Browser, system: System, app: string | null}} Identity
 *   `app`: the name of the app that shows this page, "" for an unknown one, null for a real browser
 */

// The first that matches; Chrome's name stands in nearly every user agent, Safari's too.
const BROWSERS = /** @type {[RegExp, Browser][]} */ ([
  [/\bEdg(?:e|A|iOS)?\//, "edge"],
  [/\b(?:Firefox|FxiOS)\//, "firefox"],
  [/\bSamsungBrowser\//, "samsung"],
  [/\b(?:OPR|OPT|Opera|DuckDuckGo|Ddg|YaBrowser|Brave)\b/, "other"],
  [/(?:Chrome|Chromium|CriOS)\//, "chrome"],
  [/\bVersion\/[\d.]+.*Safari\//, "safari"],
]);
const SYSTEMS = /** @type {[RegExp, System][]} */ ([
  [/\b(?:iPhone|iPad|iPod)\b/, "ios"],
  [/\bAndroid\b/, "android"],
  [/\bWindows\b/, "windows"],
  [/\bMac OS X\b/, "macos"],
  [/\b(?:Linux|CrOS|X11)\b/, "linux"],
]);
const APPS = /** @type {[RegExp, string][]} */ ([
  [/\bInstagram\b/, "Instagram"],
  [/\bFB(?:AN|AV|_IAB|IOS)\b/, "Facebook"],
  [/\bWhatsApp\b/, "WhatsApp"],
  [/\bGSA\//, "Google"],
  [/\bLine\//, "LINE"],
  [/\bMicroMessenger\b/, "WeChat"],
  [/\b(?:BytedanceWebview|musical_ly|TikTok)\b/, "TikTok"],
  [/\bSnapchat\b/, "Snapchat"],
  [/\bLinkedInApp\b/, "LinkedIn"],
  [/\bPinterest\b/, "Pinterest"],
  [/\bTwitter/, "X"],
  [/\bTelegram\b/, "Telegram"],
]);
const WEB_VIEW = /;\s?wv\)/; // Android's, such as those of QR code scanners
const BARE_WEBKIT = /\bAppleWebKit\//; // iOS names Safari only in real browsers

/**
 * @param {string} agent - `navigator.userAgent`
 * @param {number} [touches] - `navigator.maxTouchPoints`: an iPad calls itself a Mac
 * @returns {Identity}
 */
export function identify(agent, touches = 0) {
  const named = first(SYSTEMS, agent) ?? "other";
  const system = named === "macos" && touches > 1 ? "ios" : named;
  return { browser: first(BROWSERS, agent) ?? "other", system, app: appOf(agent, system) };
}

/** This browser. */
export function present() {
  return identify(navigator.userAgent, navigator.maxTouchPoints);
}

/** Whether this browser has what a consultation needs; without HTTPS it hides the devices. */
export function isCapable() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && "RTCPeerConnection" in window;
}

/** @param {string} agent @param {System} system */
function appOf(agent, system) {
  const app = first(APPS, agent);
  if (app) return app;
  if (system === "android") return WEB_VIEW.test(agent) ? "" : null;
  const isBare = BARE_WEBKIT.test(agent) && !/\bSafari\//.test(agent);
  return system === "ios" && isBare ? "" : null;
}

/**
 * @template {string} T
 * @param {[RegExp, T][]} table
 * @param {string} agent
 * @returns {T | null}
 */
function first(table, agent) {
  return table.find(([pattern]) => pattern.test(agent))?.[1] ?? null;
}
