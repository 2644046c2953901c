"""One process of several of `echo_server.py`, which starts it."""

from echo_graph import machine

from server.one_process import main

if __name__ == "__main__":
    main(build=machine)
