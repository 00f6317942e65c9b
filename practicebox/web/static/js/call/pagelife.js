/**
 * The life of the page: the network or the user comes back, or the page goes for good.
 */

/**
 * @param {object} reactions
 * @param {() => void} reactions.online - the network is back or another one
 * @param {() => void} reactions.visible - the user looks at the page again
 * @param {() => void} reactions.leave
 * @param {AbortSignal} signal
 */
export function watchPage({ online, visible, leave }, signal) {
  const seen = () => document.visibilityState === "visible" && visible();
  window.addEventListener("online", online, { signal });
  document.addEventListener("visibilitychange", seen, { signal });
  window.addEventListener("pagehide", leave, { signal });
  // A page out of the back-forward cache has said bye: it has to begin anew.
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}
