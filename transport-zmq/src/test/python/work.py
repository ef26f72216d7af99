"""A foreign worker: `work.py pull PORT COUNT`; or a foreign giver of work: `work.py push PORT TOPIC COUNT`, which binds."""
import sys

import zmq


def pull(port, count):
    socket = zmq.Context().socket(zmq.PULL)
    socket.connect("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for _ in range(int(count)):
        frames = socket.recv_multipart()
        print(" ".join(frame.decode() for frame in frames), flush=True)
    socket.close()


def push(port, topic, count):
    socket = zmq.Context().socket(zmq.PUSH)
    socket.bind("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    # Waits for somebody to take it.
    for number in range(int(count)):
        socket.send_multipart([topic.encode(), str(number).encode()])
    socket.close(linger=10000)
    print("done", flush=True)


(pull if sys.argv[1] == "pull" else push)(*sys.argv[2:])
