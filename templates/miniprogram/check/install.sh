#!/usr/bin/env bash
# Installs what the mini-program's tests need, once: into node_modules beside this file, from the pinned lock.
set -euo pipefail
cd "$(dirname "$0")"
if [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then exit 0; fi
echo "installing miniprogram-simulate and jsdom for the mini-program's tests (once, about ten seconds) …"
npm ci --cache ../../../.local/npm --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error
