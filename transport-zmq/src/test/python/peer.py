"""A foreign peer: `peer.py sub PORT PREFIX COUNT`, or `peer.py pub PORT TOPIC COUNT`, which binds, or `pub-connect`;
`peer.py req PORT TEXT COUNT`, which asks and prints the answers, or `peer.py rep PORT TEXT COUNT`, which binds and answers.
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


def subscribe(port, prefix, count):
    socket = open_socket(zmq.SUB)
    socket.setsockopt_string(zmq.SUBSCRIBE, prefix)
    socket.connect("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for _ in range(int(count)):
        frames = socket.recv_multipart()
        print(" ".join(frame.decode() for frame in frames), flush=True)


def publish(port, topic, count, connect=False):
    socket = open_socket(zmq.XPUB)
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
    socket = open_socket(zmq.REQ)
    socket.connect("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for number in range(int(count)):
        socket.send_string(text + str(number))
        print(" ".join(frame.decode() for frame in socket.recv_multipart()), flush=True)


def answer(port, text, count):
    socket = open_socket(zmq.REP)
    socket.bind("tcp://127.0.0.1:" + port)
    print("ready", flush=True)
    for _ in range(int(count)):
        frames = socket.recv_multipart()
        socket.send_string(text + frames[0].decode())
    socket.close(linger=5000)
    print("done", flush=True)


if ARGUMENTS[0] == "sub":
    subscribe(*ARGUMENTS[1:])
elif ARGUMENTS[0] == "req":
    ask(*ARGUMENTS[1:])
elif ARGUMENTS[0] == "rep":
    answer(*ARGUMENTS[1:])
else:
    publish(*ARGUMENTS[1:], connect=ARGUMENTS[0] == "pub-connect")
