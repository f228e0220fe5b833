#!/usr/bin/env bash
# Installs Lighthouse into .local/lighthouse, once, from the pinned lock beside this file.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
local="$here/../../.local"
if [ -f "$local/lighthouse/node_modules/.package-lock.json" ] && cmp -s "$here/package-lock.json" "$local/lighthouse/package-lock.json"; then exit 0; fi
echo "installing Lighthouse to measure pages with (once, about half a minute) …"
mkdir -p "$local/lighthouse"
cp "$here/package.json" "$here/package-lock.json" "$local/lighthouse/"
cd "$local/lighthouse"
npm ci --cache ../npm --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error
