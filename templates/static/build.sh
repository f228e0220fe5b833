#!/bin/sh
# Builds what templates/static embeds: compiles build/wanjie.scss to wanjie.css and copies the pinned htmx.
# The results are committed, so Node is needed only by whoever changes them. Run it from anywhere.
set -eu
cd "$(dirname "$0")/build"

if [ ! -d node_modules/sass ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --no-progress --loglevel=error
fi

# Bootstrap 5.3 still uses @import; its deprecation notes are its own and would bury ours.
node node_modules/sass/sass.js --no-source-map --style=compressed --load-path=node_modules \
	--quiet-deps --silence-deprecation=import,global-builtin wanjie.scss ../assets/wanjie.css

# The source map comment would point to a file that is not served.
sed '/^\/\/# sourceMappingURL=/d' node_modules/htmx.org/dist/htmx.min.js >../assets/htmx.js
