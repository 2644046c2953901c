"""Checkpoints as releases have left them: small files, made once a release, resumed by every later one."""
