#!/usr/bin/env bash
# Opens a result in headless QGIS 3.22 and checks what a user would see. Usage: qgis.sh [RESULT.gpkg [PICTURE-FOLDER]]
# Without a result the demo is made and run. Exit 77: no QGIS on this machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8

python=/usr/bin/python3 # Debian's own: the modules of QGIS belong to it
[ -x "$python" ] || python=python3
"$python" -c 'import qgis.core' 2>/dev/null || { echo "no QGIS here" >&2; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# No profile of the user has a say, and nothing of QGIS stays behind.
export XDG_RUNTIME_DIR=$work HOME=$work TMPDIR=$work QGIS_CUSTOM_CONFIG_PATH=$work/config
result=${1:-}
pictures=${2:-$work}
if [ -z "$result" ]; then
  "$SUND_PROGRAM" demo "$work/demo"
  "$SUND_PROGRAM" run -q "$work"/demo/*.yaml -o "$work/result.gpkg"
  result=$work/result.gpkg
fi
"$python" "$here/qgis_check.py" "$result" "$pictures"
