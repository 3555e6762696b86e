#!/usr/bin/env bash
# The demo, mirrored and with the countries swapped, gives the rates it gave: tests/mirror_check.py says how. Exit 77: no
# Python modules of GDAL on this machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8

python=/usr/bin/python3 # Debian's own: the modules of GDAL belong to it
[ -x "$python" ] || python=python3
"$python" -c 'from osgeo import ogr' 2>/dev/null || { echo "no python3-gdal here" >&2; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" "$here/mirror_check.py" "$SUND_PROGRAM" "$work"
