/**
 * Two peers in one page that may only talk through a relay: a camera one way, a greeting back.
 * Returns what arrived and by which path. `server` is one RTCIceServer, `patience` milliseconds.
 */
async ({ server, patience }) => {
  const configuration = { iceServers: [server], iceTransportPolicy: "relay" };
  const [caller, callee] = [0, 1].map(() => new RTCPeerConnection(configuration));
  const candidates = [];
  const errors = [];

  const connect = (from, to) => {
    from.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate?.candidate) return;
      candidates.push(candidate.candidate);
      to.addIceCandidate(candidate);
    });
    from.addEventListener("icecandidateerror", (event) => {
      errors.push(`${event.errorCode} ${event.errorText}`);
    });
  };

  const selectedPair = async (peer) => {
    const report = await peer.getStats();
    const all = [...report.values()];
    const id = all.find((one) => one.type === "transport")?.selectedCandidatePairId;
    const pair = report.get(id) ?? all.find((one) => one.selected); // Firefox marks it instead
    const local = report.get(pair?.localCandidateId);
    const remote = report.get(pair?.remoteCandidateId);
    return { local: local?.candidateType, remote: remote?.candidateType, by: local?.relayProtocol };
  };

  const framesDecoded = async () => {
    const all = [...(await callee.getStats()).values()];
    const inbound = all.filter((one) => one.type === "inbound-rtp" && one.kind === "video");
    return inbound.reduce((sum, one) => sum + (one.framesDecoded ?? 0), 0);
  };

  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  const greeting = new Promise((resolve) => {
    callee.addEventListener("datachannel", ({ channel }) => {
      const greet = () => channel.send("over the relay");
      if (channel.readyState === "open") greet();
      else channel.addEventListener("open", greet);
    });
    const channel = caller.createDataChannel("greetings");
    channel.addEventListener("message", ({ data }) => resolve(data));
  });
  const picture = new Promise((resolve) => {
    callee.addEventListener("track", async ({ track }) => {
      const video = document.createElement("video");
      Object.assign(video, { muted: true, srcObject: new MediaStream([track]) });
      document.body.append(video);
      video.requestVideoFrameCallback(() => resolve(true));
      await video.play();
    });
  });

  connect(caller, callee);
  connect(callee, caller);
  caller.addTrack(camera.getVideoTracks()[0], camera);
  await caller.setLocalDescription();
  await callee.setRemoteDescription(caller.localDescription);
  await callee.setLocalDescription();
  await caller.setRemoteDescription(callee.localDescription);

  const given_up = new Promise((resolve) => setTimeout(resolve, patience, null));
  const message = await Promise.race([greeting, given_up]);
  await Promise.race([picture, given_up]);
  const seen = {
    message,
    frames: await framesDecoded(),
    caller: await selectedPair(caller),
    callee: await selectedPair(callee),
    candidates,
    errors,
    states: [caller, callee].map((peer) => [peer.iceConnectionState, peer.connectionState]),
  };
  for (const peer of [caller, callee]) peer.close();
  for (const track of camera.getTracks()) track.stop();
  return seen;
};
