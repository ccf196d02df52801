# Prints what one prompt costs xonsh where nothing changed, in nanoseconds: with no hook, and with credenv's. Run inside a
# project that is allowed.   usage: idle.xsh ROUNDS CREDENV
import time

rounds = int($ARG1)


def measure():
    start = time.monotonic_ns()
    for _ in range(rounds):
        events.on_pre_prompt.fire()
    return (time.monotonic_ns() - start) // rounds


empty = min(measure() for _ in range(5))
exec($(@($ARG2) init xonsh))
events.on_pre_prompt.fire()
print(empty, min(measure() for _ in range(5)))
