"""The rules of every router in the lab, as nftables text.

All of them drop what comes from outside unasked, as real ones do. A router that answers or
keeps such packets would remember them, and the port that a hole needs would be taken (DESIGN
section 4, "Lab trap").
"""

from __future__ import annotations

KEEPS_PORTS = "masquerade"
RANDOM_PORTS = "masquerade random,fully-random"
# A carrier gives each customer a block of ports and picks from it at random (RFC 6888 section 7).
CARRIER = "meta l4proto { tcp, udp } masquerade to :20000-20511 fully-random"

ALL = "iifname != wan accept"
NO_UDP = "iifname != wan meta l4proto != udp accept"
ONLY_HTTPS = "iifname != wan tcp dport 443 accept"

_ROUTER = """
table inet lab {{
  chain input {{
    type filter hook input priority 0; policy drop;
    iifname != wan accept
    ct state established,related accept
    meta l4proto {{ icmp, icmpv6 }} accept
  }}
  chain forward {{
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    {forward}
  }}
  chain leaving {{
    type nat hook postrouting priority 100;
    oifname wan meta nfproto ipv4 {masquerade}
    {hairpin}
  }}
  chain arriving {{
    type nat hook prerouting priority -100;
    {arriving}
  }}
}}
"""


def home(masquerade: str = KEEPS_PORTS, forward: str = ALL) -> str:
    """A router between a family, or a carrier's customers, and the internet."""
    return _ROUTER.format(masquerade=masquerade, forward=forward, hairpin="", arriving="")


def practice(masquerade: str, wan: str, box: str, box6: str) -> str:
    """The practice's: TCP 443 leads to the patient door, 3478 to STUN and relay."""
    # Who is inside and uses the public address gets there as well (hairpin).
    forward = f"""{ALL}
    ct status dnat accept
    ip6 daddr {box6} meta l4proto {{ tcp, udp }} th dport 3478 accept
    ip6 daddr {box6} tcp dport 8444 accept"""
    arriving = f"""ip daddr {wan} tcp dport 443 dnat ip to {box}:8444
    ip daddr {wan} meta l4proto {{ tcp, udp }} th dport 3478 dnat ip to {box}
    ip6 daddr {box6} tcp dport 443 dnat ip6 to [{box6}]:8444"""
    return _ROUTER.format(
        masquerade=masquerade,
        forward=forward,
        hairpin=f"ip saddr {box}/24 oifname lan ct status dnat masquerade",
        arriving=arriving,
    )
