#!/usr/bin/env bash
# Judges a result by others' rules: GDAL's GeoPackage validator with its extra checks, warnings counted as errors, and
# SQLite's own checks of pages, foreign keys and R-trees. Usage: validate.sh [RESULT.gpkg ...]
# Without a result the demo is made and run. Exit 77: no validator on this machine.
set -eu
python=/usr/bin/python3 # Debian's own: the modules of GDAL belong to it
[ -x "$python" ] || python=python3
"$python" -c 'import osgeo_utils.samples.validate_gpkg' 2>/dev/null || { echo "no validate_gpkg here" >&2; exit 77; }
command -v sqlite3 >/dev/null || { echo "no sqlite3 here" >&2; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ $# -eq 0 ]; then
  "$SUND_PROGRAM" demo "$work/demo"
  "$SUND_PROGRAM" run -q "$work"/demo/*.yaml -o "$work/result.gpkg"
  set -- "$work/result.gpkg"
fi

bad=0
complain() { echo "$1" >&2; bad=1; }
# ask FILE SQL EXPECTED: every answer that differs is a fault.
ask() {
  local answer
  answer=$(sqlite3 -readonly "$1" "$2") || answer="sqlite3 failed"
  [ "$answer" = "$3" ] || complain "$(basename "$1"): $2: '$answer' instead of '$3'"
}

for file in "$@"; do
  "$python" -m osgeo_utils.samples.validate_gpkg -q -k --extra --warning-as-error "$file" \
    || complain "$(basename "$file"): the validator objects"
  ask "$file" "PRAGMA integrity_check" ok
  ask "$file" "PRAGMA foreign_key_check" ""
  ask "$file" "PRAGMA journal_mode" delete
  ask "$file" "PRAGMA user_version" 10301
  # rtreecheck looks from the nodes to the rows and back; it needs a file it may lock.
  for index in $(sqlite3 -readonly "$file" "SELECT name FROM sqlite_master WHERE name LIKE 'rtree!_%' ESCAPE '!' AND sql LIKE 'CREATE VIRTUAL%'"); do
    ask "$file" "SELECT rtreecheck('$index')" ok
  done
  # GDAL believes this count; QGIS ignores a style whose catalog or schema is NULL.
  for table in $(sqlite3 -readonly "$file" "SELECT table_name FROM gpkg_contents WHERE table_name <> 'layer_styles'"); do
    ask "$file" "SELECT (SELECT count(*) FROM \"$table\") - feature_count FROM gpkg_ogr_contents WHERE table_name = '$table'" 0
    ask "$file" "SELECT count(*), sum(useAsDefault) FROM layer_styles WHERE f_table_name = '$table' AND f_table_catalog = '' AND f_table_schema = ''" "3|1"
    ask "$file" "SELECT count(*) FROM pragma_table_info('$table') WHERE name NOT IN ('fid', 'geom') AND name NOT IN (SELECT column_name FROM gpkg_data_columns WHERE table_name = '$table' AND title <> '')" 0
  done
  ask "$file" "SELECT count(*) FROM gpkg_contents WHERE abs(min_x) > 1e30 OR abs(max_x) > 1e30 OR abs(min_y) > 1e30 OR abs(max_y) > 1e30" 0
  ask "$file" "SELECT count(*) FROM gpkg_metadata WHERE mime_type = 'application/json' AND NOT json_valid(metadata)" 0
done
[ $bad -eq 0 ] && echo "validate: $# file(s) good"
exit $bad
