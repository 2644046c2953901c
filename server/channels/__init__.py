"""Channels of tenants' own: how a reply leaves by each, and how what it answers is read."""

from server.channels.custom import CustomChannel
from server.outside.outgoing import ChannelForm

CHANNELS: dict[str, ChannelForm] = {"custom": CustomChannel()}
