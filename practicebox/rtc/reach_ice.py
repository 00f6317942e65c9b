"""ICE servers taken apart by how they are reached, so that a test can try one way at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

IceServer = dict[str, object]  # W3C WebRTC `RTCIceServer`


def by_way(servers: Iterable[Mapping[str, object]]) -> dict[str, IceServer]:
    """One server with one address for each of "stun", "relay-udp", "relay-tcp", "relay-tls"."""
    found: dict[str, IceServer] = {}
    for server in servers:
        urls = server["urls"]
        for url in [urls] if isinstance(urls, str) else list(_texts(urls)):
            found.setdefault(_way(url), {**server, "urls": url})
    return found


def _texts(urls: object) -> Iterable[str]:
    return (url for url in urls if isinstance(url, str)) if isinstance(urls, list) else ()


def _way(url: str) -> str:
    """The way of a URL (RFC 7064, RFC 7065)."""
    scheme, _, rest = url.partition(":")
    if not scheme.startswith("turn"):
        return "stun"
    if scheme == "turns":
        return "relay-tls"
    return "relay-tcp" if rest.endswith("?transport=tcp") else "relay-udp"
