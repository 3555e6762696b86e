#!/usr/bin/env bash
# Storm surge on real terrain (docs/flood-example.md): runs it and works its answers out again, another way.
# tests/real_flood_check.py says how. Exit 77: no data beside the checkout, or no Python modules of GDAL.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8
data=${SUND_DATA:-$here/../../shared/data}
[ -d "$data/oresund" ] || { echo "no real data here" >&2; exit 77; }
[ "$(cd "$data" && pwd -P)" = "$(cd "$here/../../shared/data" 2>/dev/null && pwd -P)" ] ||
  { echo "the project looks for the data beside the checkout" >&2; exit 77; }
python=/usr/bin/python3 # Debian's own: the modules of GDAL belong to it
[ -x "$python" ] || python=python3
"$python" -c 'import numpy; from osgeo import gdal' 2>/dev/null || { echo "no python3-gdal here" >&2; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$SUND_PROGRAM" run "$here/real/rudersdal-flood.yaml" -o "$work/real.gpkg" --quiet

# The sea as another program sees it: what no municipality holds at the centre of the cell.
terrain=$data/oresund/dk/rudersdal_terrain/dtm.tif
ogr2ogr -t_srs EPSG:25832 "$work/land.gpkg" "$data/oresund/dk/kommuner.gpkg" -nln land
"$python" "$here/real_flood_check.py" "$work/real.gpkg" "$terrain" "$work/land.gpkg" \
  "$data/oresund/sealevel/Vedbaek_wl.csv.gz"
