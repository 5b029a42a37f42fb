"""Slow clients: half send a header a byte at a time, half a body of which little comes; each begins again when it is thrown out."""
import asyncio
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


async def client(index):
    head = b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            if index % 2:
                writer.write(head)
                while not reader.at_eof():
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.5)
            else:
                for byte in head:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.5)
            writer.close()
        except OSError:
            await asyncio.sleep(0.1)


async def main():
    await asyncio.gather(*(client(i) for i in range(count)))


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
