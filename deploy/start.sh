#!/bin/sh
# What the container runs. It becomes the server, so that signals and the exit status are its own.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
export PYTHONDONTWRITEBYTECODE=1
cd "${FRONTDESK_DATA:-/data}"
command=${1:-serve}
case $command in
serve)
    exec "$here/.venv/bin/frontdesk" serve \
        --port "${FRONTDESK_PORT:-8000}" --data "${FRONTDESK_DATA:-/data}"
    ;;
*)
    exec "$here/.venv/bin/frontdesk" "$@"
    ;;
esac
