// A foreign worker: `work.js pull PORT COUNT`; or a foreign giver of work: `work.js push PORT TOPIC COUNT`, which binds.
const zmq = require("zeromq");

async function pull(port, count) {
  const socket = new zmq.Pull();
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
  const socket = new zmq.Push();
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

const [what, ...rest] = process.argv.slice(2);
(what === "pull" ? pull : push)(...rest);
