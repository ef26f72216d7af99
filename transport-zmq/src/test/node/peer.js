// A foreign peer: `peer.js sub PORT PREFIX COUNT`, or `peer.js pub PORT TOPIC COUNT`, which binds;
// `peer.js req PORT TEXT COUNT`, which asks and prints the answers, or `peer.js rep PORT TEXT COUNT`, which binds and answers.
// With `--curve SECRET PUBLIC SERVER` behind that it connects by CURVE, with `--curve SECRET PUBLIC` it lets in any key.
const zmq = require("zeromq");

const at = process.argv.indexOf("--curve");
const [secret, own, server] = at < 0 ? [] : process.argv.slice(at + 1);
const words = process.argv.slice(2, at < 0 ? undefined : at);

function options() {
  if (!secret) return {};
  return { curveSecretKey: secret, curvePublicKey: own, ...(server ? { curveServerKey: server } : { curveServer: true }) };
}

async function subscribe(port, prefix, count) {
  const socket = new zmq.Subscriber(options());
  socket.subscribe(prefix);
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

async function publish(port, topic, count) {
  const socket = new zmq.XPublisher(options());
  await socket.bind(`tcp://127.0.0.1:${port}`);
  console.log("ready");
  // A subscription, not a moment, is what is waited for.
  for (;;) {
    const [word] = await socket.receive();
    if (word[0] === 1) break;
  }
  for (let number = 0; number < Number(count); number++) {
    await socket.send([topic, String(number)]);
  }
  console.log("done");
  socket.linger = 5000;
  socket.close();
}

async function ask(port, text, count) {
  const socket = new zmq.Request(options());
  socket.connect(`tcp://127.0.0.1:${port}`);
  console.log("ready");
  for (let number = 0; number < Number(count); number++) {
    await socket.send(text + number);
    console.log((await socket.receive()).map((frame) => frame.toString()).join(" "));
  }
  socket.close();
}

async function answer(port, text, count) {
  const socket = new zmq.Reply(options());
  await socket.bind(`tcp://127.0.0.1:${port}`);
  console.log("ready");
  for (let number = 0; number < Number(count); number++) {
    const [data] = await socket.receive();
    await socket.send(text + data);
  }
  console.log("done");
  socket.linger = 5000;
  socket.close();
}

const [what, port, topic, count] = words;
({ sub: subscribe, pub: publish, req: ask, rep: answer })[what](port, topic, count);
