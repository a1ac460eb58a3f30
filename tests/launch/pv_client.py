"""Be ``pv`` for whoever starts a program of that name: have the server fork it, with these streams.

`Launcher.write_command` puts in the path of the server's socket. Nothing but built-in modules is imported, so
that this takes the tenth part of what the imports of the command take.
"""

import _socket
import marshal
import posix
import sys


def main(path: str) -> None:
    """Ask for the process, as `launching.connect` does, wait for it, and end as it ended."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    connection.connect(path)
    order = {
        "arguments": sys.argv[1:],
        "code": None,
        "folder": posix.getcwd(),
        "variables": {
            name.decode("utf-8", "surrogateescape"): text.decode("utf-8", "surrogateescape")
            for name, text in posix.environ.items()
        },
    }
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection.sendmsg([marshal.dumps(order)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    connection.recv(8)  # the number of the process
    code = int.from_bytes(connection.recv(8), sys.byteorder, signed=True)
    if code < 0:
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


if __name__ == "__main__":
    main("{path}")
