"""A foreign worker: `work.py pull PORT COUNT`; or a foreign giver of work: `work.py push PORT TOPIC COUNT`, which binds.
With `--curve SECRET PUBLIC SERVER` behind that it connects by CURVE, with `--curve SECRET PUBLIC` it lets in any key."""
import sys

import zmq

KEYS = sys.argv[sys.argv.index("--curve") + 1:] if "--curve" in sys.argv else []
ARGUMENTS = sys.argv[1:len(sys.argv) - len(KEYS) - 1] if KEYS else sys.argv[1:]


def open_socket(kind):
    socket = zmq.Context().socket(kind)
    if KEYS:
        socket.curve_secretkey = KEYS[0].encode()
        socket.curve_publickey = KEYS[1].encode()
    if len(KEYS) == 2:
        socket.curve_server = True
    elif KEYS:
        socket.curve_serverkey = KEYS[2].encode()
    return socket


def pull(port, count):
    socket = open_socket(zmq.PULL)
    socket.connect("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for _ in range(int(count)):
        frames = socket.recv_multipart()
        print(" ".join(frame.decode() for frame in frames), flush=True)
    socket.close()


def push(port, topic, count):
    socket = open_socket(zmq.PUSH)
    socket.bind("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    # Waits for somebody to take it.
    for number in range(int(count)):
        socket.send_multipart([topic.encode(), str(number).encode()])
    socket.close(linger=10000)
    print("done", flush=True)


(pull if ARGUMENTS[0] == "pull" else push)(*ARGUMENTS[1:])
