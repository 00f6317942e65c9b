#!/bin/sh
# Browsers, peers, network tools and scanners for the tests, from the distribution, where they are missing
# and we may install them. Otherwise the tests that need them say so and are skipped.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v firefox-esr >/dev/null 2>&1 || missing="$missing firefox-esr"
command -v certutil >/dev/null 2>&1 || missing="$missing libnss3-tools"
command -v ip >/dev/null 2>&1 || missing="$missing iproute2"
command -v nft >/dev/null 2>&1 || missing="$missing nftables"
command -v openssl >/dev/null 2>&1 || missing="$missing openssl"
command -v turnserver >/dev/null 2>&1 || missing="$missing coturn"
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
command -v sslscan >/dev/null 2>&1 || missing="$missing sslscan"
command -v testssl >/dev/null 2>&1 || command -v testssl.sh >/dev/null 2>&1 || missing="$missing testssl.sh"
# The same engine without windows makes the tests quicker; not every distribution has it.
lean=""
command -v chromium-headless-shell >/dev/null 2>&1 || lean="chromium-headless-shell"
[ -z "$missing$lean" ] && exit 0
as_root=""
if [ "$(id -u)" != 0 ]; then
  if sudo -n true 2>/dev/null; then as_root="sudo -n"; else
    [ -z "$missing" ] ||
      echo "Not root: the tests that need$missing will be skipped. Install with: apt install$missing"
    exit 0
  fi
fi
$as_root apt-get update -qq
if [ -n "$lean" ]; then
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$lean" >/dev/null 2>&1 ||
    echo "No $lean here: the tests take Chromium as a whole, and longer."
fi
[ -z "$missing" ] && exit 0
echo "Installing$missing"
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
