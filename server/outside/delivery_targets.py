"""Addresses that tenants want something sent to: checked when they are given, and again when dialled."""

from tools.egress import EgressPolicy, check_url
from tools.egress_urls import refused


def checked_target(url: str, policy: EgressPolicy) -> str:
    """The address as it will be called. Raises: AddressRefused.

    What leaves holds what contacts wrote, so it goes by https, except where whoever runs the server
    has named the host.
    """
    target = check_url(url, policy)
    if target.scheme != "https" and not policy.lists(target.host, target.port):
        raise refused(url, "what is sent holds contacts' words; the address begins with https://")
    return str(target)
