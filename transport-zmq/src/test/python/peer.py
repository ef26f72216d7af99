"""A foreign peer: `peer.py sub PORT PREFIX COUNT`, or `peer.py pub PORT TOPIC COUNT`, which binds, or `pub-connect`;
`peer.py req PORT TEXT COUNT`, which asks and prints the answers, or `peer.py rep PORT TEXT COUNT`, which binds and answers."""
import sys

import zmq


def subscribe(port, prefix, count):
    socket = zmq.Context().socket(zmq.SUB)
    socket.setsockopt_string(zmq.SUBSCRIBE, prefix)
    socket.connect("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for _ in range(int(count)):
        frames = socket.recv_multipart()
        print(" ".join(frame.decode() for frame in frames), flush=True)


def publish(port, topic, count, connect=False):
    socket = zmq.Context().socket(zmq.XPUB)
    where = "tcp://127.0.0.1:" + port
    if connect:
        socket.connect(where)
    else:
        socket.bind(where)
    print("ready", flush=True)
    # A subscription, not a moment, is what is waited for.
    while not socket.recv().startswith(b"\x01"):
        pass
    for number in range(int(count)):
        socket.send_multipart([topic.encode(), str(number).encode()])
    socket.close(linger=5000)
    print("done", flush=True)


def ask(port, text, count):
    socket = zmq.Context().socket(zmq.REQ)
    socket.connect("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for number in range(int(count)):
        socket.send_string(text + str(number))
        print(" ".join(frame.decode() for frame in socket.recv_multipart()), flush=True)


def answer(port, text, count):
    socket = zmq.Context().socket(zmq.REP)
    socket.bind("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for _ in range(int(count)):
        frames = socket.recv_multipart()
        socket.send_string(text + frames[0].decode())
    socket.close(linger=5000)
    print("done", flush=True)


if sys.argv[1] == "sub":
    subscribe(*sys.argv[2:])
elif sys.argv[1] == "req":
    ask(*sys.argv[2:])
elif sys.argv[1] == "rep":
    answer(*sys.argv[2:])
else:
    publish(*sys.argv[2:], connect=sys.argv[1] == "pub-connect")
