/**
 * Everything that watches over a call once it has begun. Pages load it a little later, so that
 * nobody waits for it.
 */

import { Care } from "./care.js";
import { showPauses } from "./pauses.js";
import { showQuality } from "./quality_panel.js";
import { offerReconnection } from "./reconnect.js";
import { showRescue } from "./rescue_panel.js";
import { revive } from "./revival.js";

/** @param {import("../stage/call.js").Call} call */
export function watch(call) {
  const care = new Care(call.connection, call.introduction);
  showQuality(care, call.connection);
  showPauses(care, call.media);
  offerReconnection(call);
  showRescue(call);
  revive(call.connection, call.signaling, call.introduction);
}
