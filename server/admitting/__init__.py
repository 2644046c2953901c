"""What every request passes before its work begins: size, rate, room, repeats."""
