"""Somebody at a terminal signs in: what is asked, what is shown, and what is not.

usage: terminal.py TERMINAL_SIGN_IN

TERMINAL_SIGN_IN is the example `terminal_sign_in` of telewire-tests.
"""

import os
import pty
import select
import subprocess
import sys
import time

PATIENCE = 60


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, program):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(program, [program])
        self.seen = b""
        self.read = 0

    def until(self, text):
        """Reads until the program has said that, beyond what was read before."""
        end = time.monotonic() + PATIENCE
        while text.encode() not in self.seen[self.read :]:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.fd], [], [], left)[0], f"waited for {text!r}, saw {self.seen.decode()!r}"
            try:
                piece = os.read(self.fd, 4096)
            except OSError:
                piece = b""
            assert piece, f"it ended before {text!r}: {self.seen.decode()!r}"
            self.seen += piece
        self.read = self.seen.index(text.encode(), self.read) + len(text.encode())

    def type(self, text):
        os.write(self.fd, text.encode() + b"\n")

    def end(self):
        assert os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]) == 0, self.seen.decode()
        os.close(self.fd)


def signs_in(program):
    terminal = Terminal(program)
    terminal.until("Phone number or bot token: ")
    terminal.type("not a phone")
    terminal.until("international form")
    terminal.until("Phone number or bot token: ")
    terminal.type("+999 66 2 0003")
    # The code of a test number is known, but it is another one here.
    terminal.until("PHONE_CODE_INVALID")
    terminal.until("Code (5 digits, by SMS): ")
    terminal.type("31415")
    terminal.until("Password (its hint is “a machine”): ")
    terminal.type("enigma")
    terminal.until("PASSWORD_HASH_INVALID")
    terminal.until("Password (its hint is “a machine”): ")
    terminal.type("bombe")
    terminal.until("Signed in as Alan Turing.")
    terminal.until("the user is ")
    terminal.end()
    shown = terminal.seen.decode()
    # What else is typed is shown by the terminal, so this would notice a password that is.
    assert "31415" in shown and "not a phone" in shown, shown
    assert "bombe" not in shown and "enigma" not in shown, shown


def signs_in_by_a_pipe(program):
    """Without a terminal, answers are lines."""
    lines = "99966 2 0003\n31415\nbombe\n"
    done = subprocess.run([program], input=lines, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done
    assert "Signed in as Alan Turing." in done.stdout and "bombe" not in done.stdout, done
    assert "PHONE_CODE_INVALID" in done.stderr and "Signed in" not in done.stderr, done


def hears_that_nobody_is_there(program):
    done = subprocess.run([program], input="", capture_output=True, text=True, timeout=PATIENCE)
    assert "misuse: " in done.stdout and "the input has ended" in done.stdout, done


if __name__ == "__main__":
    for scenario in (signs_in, signs_in_by_a_pipe, hears_that_nobody_is_there):
        scenario(sys.argv[1])
        print(f"terminal: {scenario.__name__} ok")
