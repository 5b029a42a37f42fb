"""A camera of so many frames a second on a running server: two credits, frames dropped and never queued, as the page does.

    python3 Benchmarks/Web/camera.py 127.0.0.1 5080 SECONDS FRAMES_A_SECOND FILE...

It says how many frames were sent, answered and dropped, and how long an answer took. The files are sent in turn.
"""
import base64
import json
import os
import select
import socket
import struct
import sys
import time

host, port, seconds, rate, paths = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5:]
frames = [open(path, "rb").read() for path in paths]
query = os.environ.get("QUERY", "faces=largest")

link = socket.create_connection((host, port))
link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
key = base64.b64encode(os.urandom(16)).decode()
link.sendall(
    f"GET /v1/live?{query} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
)
held = b""
while b"\r\n\r\n" not in held:
    held += link.recv(65536)
head, held = held.split(b"\r\n\r\n", 1)
assert head.startswith(b"HTTP/1.1 101"), head


def messages():
    """What has come whole."""
    global held
    while len(held) >= 2:
        length, start = held[1] & 127, 2
        if length == 126:
            if len(held) < 4:
                return
            length, start = struct.unpack(">H", held[2:4])[0], 4
        if len(held) < start + length:
            return
        opcode, body, held = held[0] & 15, held[start : start + length], held[start + length :]
        if opcode == 1:
            yield json.loads(body)
        elif opcode == 8:
            raise SystemExit(f"closed: {struct.unpack('>H', body[:2])[0]} {body[2:].decode()}")


def send(body):
    length = bytes([254]) + struct.pack(">H", len(body)) if len(body) < 65536 else bytes([255]) + struct.pack(">Q", len(body))
    link.sendall(b"\x82" + length + b"\0\0\0\0" + body)


sent, answered, dropped, faces, waits, under_way = 0, 0, 0, 0, [], []
credits = 0
begin = time.perf_counter()
due = begin
while (now := time.perf_counter()) < begin + seconds:
    if now >= due:
        due += 1 / rate
        if credits > 0:
            send(frames[sent % len(frames)])
            under_way.append(now)
            sent, credits = sent + 1, credits - 1
        elif answered:
            dropped += 1
    if select.select([link], [], [], max(0, due - time.perf_counter()))[0]:
        held += link.recv(1 << 20)
    for message in messages():
        if message["type"] == "hello":
            credits = message["credits"]
        elif message["type"] in ("frame", "error"):
            answered, credits = answered + 1, credits + 1
            faces += len(message.get("faces", []))
            waits.append(time.perf_counter() - under_way.pop(0))
waits.sort()
print(
    f"{sent} sent, {answered} answered ({answered / seconds:.1f} a second), {dropped} dropped, {faces} faces; "
    f"an answer took {1000 * waits[len(waits) // 2]:.1f} ms in the middle, {1000 * waits[int(0.95 * len(waits))]:.1f} ms for 95 of 100"
)
