// A foreign worker: `work.js pull PORT COUNT`; or a foreign giver of work: `work.js push PORT TOPIC COUNT`, which binds.
// With `--curve SECRET PUBLIC SERVER` behind that it connects by CURVE, with `--curve SECRET PUBLIC` it lets in any key.
const zmq = require("zeromq");

const at = process.argv.indexOf("--curve");
const [secret, own, server] = at < 0 ? [] : process.argv.slice(at + 1);
const words = process.argv.slice(2, at < 0 ? undefined : at);

function options() {
  if (!secret) return {};
  return { curveSecretKey: secret, curvePublicKey: own, ...(server ? { curveServerKey: server } : { curveServer: true }) };
}

async function pull(port, count) {
  const socket = new zmq.Pull(options());
  socket.connect(`tcp://127.0.0.1:${port}`);
  console.log("ready");
  let left = Number(count);
  for await (const frames of socket) {
    console.log(frames.map((frame) => frame.toString()).join(" "));
    left--;
    if (left === 0) break;
  }
  socket.close();
}

async function push(port, topic, count) {
  const socket = new zmq.Push(options());
  await socket.bind(`tcp://127.0.0.1:${port}`);
  console.log("ready");
  // Waits for somebody to take it.
  for (let number = 0; number < Number(count); number++) {
    await socket.send([topic, String(number)]);
  }
  console.log("done");
  socket.linger = 10000;
  socket.close();
}

const [what, ...rest] = words;
(what === "pull" ? pull : push)(...rest);
