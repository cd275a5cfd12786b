"""Runs a program in a terminal of its own until it has said the given words; fails if it does not.

It is ended then: Prisma goes on for a minute after its last word."""
import os
import pty
import signal
import sys

words, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
said = b""
while words.encode() not in said:
    try:
        more = os.read(terminal, 65536)
    except OSError:  # nobody has the other end any more
        more = b""
    if not more:
        break
    said += more
os.kill(child, signal.SIGTERM)
os.close(terminal)
os.waitpid(child, 0)
print(said.decode(errors="replace"))
sys.exit(0 if words.encode() in said else 1)
