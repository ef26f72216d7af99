// A foreign peer: `peer.js sub PORT PREFIX COUNT`, or `peer.js pub PORT TOPIC COUNT`, which binds;
// `peer.js req PORT TEXT COUNT`, which asks and prints the answers, or `peer.js rep PORT TEXT COUNT`, which binds and answers.
const zmq = require("zeromq");

async function subscribe(port, prefix, count) {
  const socket = new zmq.Subscriber();
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
  const socket = new zmq.XPublisher();
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
  const socket = new zmq.Request();
  socket.connect(`tcp://127.0.0.1:${port}`);
  console.log("ready");
  for (let number = 0; number < Number(count); number++) {
    await socket.send(text + number);
    console.log((await socket.receive()).map((frame) => frame.toString()).join(" "));
  }
  socket.close();
}

async function answer(port, text, count) {
  const socket = new zmq.Reply();
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

const [what, port, topic, count] = process.argv.slice(2);
({ sub: subscribe, pub: publish, req: ask, rep: answer })[what](port, topic, count);
