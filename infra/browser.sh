#!/usr/bin/env bash
# Finds a browser for the journeys, and as root on Debian installs one with Chinese type.
set -euo pipefail
for b in chromium chromium-browser google-chrome chrome chromium-headless-shell; do
	if command -v "$b" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing chromium and fonts-noto-cjk for the browser tests (once, about half a minute) …"
	apt-get update -qq >/dev/null
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
	exit 0
fi
echo "no Chromium found: install chromium and fonts-noto-cjk, then run this again" >&2
exit 1
