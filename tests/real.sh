#!/usr/bin/env bash
# The worked example on real data (docs/worked-example.md): runs it, and holds its numbers against registers and
# against what other programs measured. Exit 77 where the data are not beside the checkout.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${SUND_DATA:-$here/../../shared/data}
[ -d "$data/oresund" ] || { echo "no real data here" >&2; exit 77; }
[ "$(cd "$data" && pwd -P)" = "$(cd "$here/../../shared/data" 2>/dev/null && pwd -P)" ] ||
  { echo "the project looks for the data beside the checkout" >&2; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# value INDICATOR VARIANT AREA [RESULT]
value() {
  sqlite3 "$work/${4:-real.gpkg}" "select value from indicators where indicator='$1' and variant='$2' and area_id='$3'"
}

# near TEXT VALUE WANTED TOLERANCE
near() {
  if awk -v v="$2" -v w="$3" -v t="$4" 'BEGIN { d = v - w; if (d < 0) d = -d; exit !(v != "" && d <= t) }'; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$1 is ${2:-missing}, not $3 +- $4" >&2
  fi
}

"$SUND_PROGRAM" run "$here/real/helsingor-helsingborg.yaml" -o "$work/real.gpkg" --quiet

# Registers. Helsingør: 62 695 (2020, in Who's On First's record of the municipality, from Statistics Denmark).
# Helsingborg: 149 280 (SCB, 31 December 2020). The census is of 2021. Within 1 %.
near "persons of Helsingør" "$(value area.persons '' 0217)" 62695 627
near "persons of Helsingborg" "$(value area.persons '' 1283)" 149280 1493

# Plain area weighting loses the people of the coastal cells to the sea: 57 548 by an independent overlay (GDAL, OGR).
"$SUND_PROGRAM" access "$here/real/helsingor-helsingborg.yaml" --plain-weights --distance straight --standard who-05 \
  -o "$work/plain.gpkg" --quiet
near "persons of Helsingør by plain weighting" "$(value area.persons '' 0217 plain.gpkg)" 57548 60
near "persons of Helsingør on land" "$(value area.persons '' 0217)" 62192 60

# Coast of Helsingør: planar lengths by GEOS' Simplify on the same shore, less 0.02 % for the scale of EPSG:25832.
near "coast at 1 m" "$(value coast.length 1 0217)" 35282 70
near "coast at 10 m" "$(value coast.length 10 0217)" 33769 340
near "coast at 50 m" "$(value coast.length 50 0217)" 30432 304
near "coast at 100 m" "$(value coast.length 100 0217)" 28356 284
# "30 km kyst", says the vision: at a yardstick of about 50 m.
near "30 km of coast at 50 m" "$(value coast.length 50 0217)" 30000 500

# Land of Helsingør: 118.9 km2 (Danmarks Statistik) without its lakes, 121.5 with them; DAGI's outline holds the lakes.
near "land of Helsingør" "$(value area.land '' 0217)" 12150 50

# A share is a share, and the straight line is never farther than the way.
shares=$(sqlite3 "$work/real.gpkg" "select count(*) from indicators where indicator='access.share' and value is not null
  and (value < 0 or value > 100 or low > value or high < value)")
near "impossible shares" "$shares" 0 0
farther=$(sqlite3 "$work/real.gpkg" "select count(*) from access_homes where who_05_straight_m > who_05_dist_m + 0.01")
near "homes whose way is shorter than the straight line" "$farther" 0 0
# Nobody gets a silent no: all of Helsingborg, which has no network here, is unassessed along the network.
near "Helsingborg by network" "$(value access.unassessed who-05 1283)" "$(value area.persons '' 1283)" 15000

# Every standard has a share with its interval and a verdict, or says why not; a walk of 15 minutes is decided by nobody.
near "standards of Helsingør" "$(sqlite3 "$work/real.gpkg" "select count(*) from indicators where indicator='access.share'
  and area_id='0217' and variant not like '%/%'")" 14 0
near "intervals of Helsingør" "$(sqlite3 "$work/real.gpkg" "select count(*) from indicators where indicator='access.share'
  and area_id='0217' and variant not like '%/%' and low <= value and value <= high and verdict is not null")" 12 0
near "goals" "$(sqlite3 "$work/real.gpkg" "select count(*) from goals where verdict in ('not met', 'undecided')")" 2 0
# The national park, as the other extreme, serves more people.
"$SUND_PROGRAM" run "$here/real/helsingor-helsingborg.yaml" --scenario national-park --only access -o "$work/park.gpkg" \
  --quiet
more=$(awk -v a="$(value access.share who-05 0217)" -v b="$(value access.share who-05 0217 park.gpkg)" 'BEGIN { print (b > a) }')
near "more green serves more" "$more" 1 0

echo "real: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
