"""Networks in the operator's settings: read once, IPv4 inside IPv6 as IPv4, and never wider than intended.

Sources: IANA's special-purpose registries; the metadata addresses of AWS (169.254.169.254, fd00:ec2::254), Azure
(168.63.129.16), Google (fd20:ce::254), Alibaba (100.100.100.200) and Oracle (192.0.0.192), their documentation of 2026;
Anthropic's own networks, platform.claude.com, IP addresses, 2026-08-22.
"""

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NEVER_CALLED: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(text)
    for text in [
        "0.0.0.0/8",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "192.0.0.192/32",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
        "fe80::/10",
        "ff00::/8",
    ]
)
"""Networks where no gateway can be, or where a cloud hands out its own credentials; no setting opens them."""

ANTHROPIC: Final[tuple[Network, ...]] = (
    ipaddress.ip_network("160.79.104.0/23"),
    ipaddress.ip_network("2607:6bc0::/48"),
)

_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")
_PRIVATE_6: Final = ipaddress.IPv6Network("fc00::/7")
_WIDEST: Final = {4: 8, 6: 32}
"""The shortest prefix that a gateway's network may have; 10.0.0.0/8 is the largest private network."""


def unmapped(address: Address) -> Address:
    """Return the IPv4 address inside ``::ffff:a.b.c.d``, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def read_network(text: str) -> Network:
    """Return the network in `text`, IPv4 where it is IPv4 inside IPv6; raises `ValueError` with the reason."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("it is no network") from None
    if "%" in text:
        raise ValueError("a network has no zone")
    if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        raise ValueError(f"it is an address inside the network {network}")
    if not isinstance(network, ipaddress.IPv6Network) or not network.overlaps(_MAPPED) or network.prefixlen == 0:
        return network
    if network.prefixlen < _MAPPED.prefixlen:
        raise ValueError("it mixes IPv4 and IPv6 addresses")
    inside = int(network.network_address) - int(_MAPPED.network_address)
    return ipaddress.IPv4Network((inside, network.prefixlen - _MAPPED.prefixlen))


def lies_in(inner: Network, outer: Network) -> bool:
    """Return whether all of one network is in another."""
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def why_no_gateway(network: Network) -> str | None:
    """Return why a gateway cannot be listed with this network, or None where it can."""
    if network.prefixlen < _WIDEST[network.version] and not lies_in(network, _PRIVATE_6):
        return "it opens far more than a gateway's own network"
    if any(lies_in(network, each) or (_is_wide(each) and lies_in(each, network)) for each in NEVER_CALLED):
        return "it holds addresses where no gateway can be"
    return None


def why_not_blocked(network: Network) -> str | None:
    """Return why a network cannot be blocked, or None where it can."""
    if network.prefixlen == 0:
        return "it blocks every address"
    if any(lies_in(each, network) or lies_in(network, each) for each in ANTHROPIC):
        return "it blocks Anthropic itself"
    return None


def _is_wide(network: Network) -> bool:
    return network.prefixlen < network.max_prefixlen
