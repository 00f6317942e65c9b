// PeerJS's own server as its README starts it, on a free port of the loopback, which it prints.
// The folder of the npm package `peer` is the first argument. Only limits differ: more clients
// than the default, and none is dropped for not sending PeerJS's heartbeat while we measure.
import { createRequire } from "node:module";
import path from "node:path";

const folder = path.resolve(process.argv[2]);
const { PeerServer } = createRequire(path.join(folder, "package.json"))(folder);
PeerServer(
  { host: "127.0.0.1", port: 0, concurrent_limit: 100000, alive_timeout: 3600000 },
  (server) => console.log(server.address().port),
);
