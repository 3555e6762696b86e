#!/usr/bin/env bash
# Supply and demand through the program, held against numbers that others published. Exit 77 without their data.
#   Belo Horizonte: ipeaGIT/accessibility, tests (published_test_values.csv) and the article "Calculating accessibility
#     inequality and poverty": Gini 0.4715251, Theil 0.3616631, corrected concentration 0.3346494.
#   Urban Nature Access: natcap/invest, tests/test_urban_nature_access.py: core model, radius by kind, radius by group.
# Both give distances of their own: minutes by public transport; metres in the plane between centres of cells.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "${SUND_DATA:-$here/../../shared/data}" 2>/dev/null && pwd || true)/peers
for need in "$data/belo-horizonte/travel_matrix.csv.gz" "$data/invest-una/lulc.tif"; do
  [ -r "$need" ] || { echo "no data of the peers here" >&2; exit 77; }
done
for tool in sqlite3 gdalwarp gdal_translate zcat; do
  command -v $tool >/dev/null || { echo "no $tool here" >&2; exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# near TEXT VALUE WANTED TOLERANCE
near() {
  if awk -v v="$2" -v w="$3" -v t="$4" 'BEGIN { d = v - w; if (d < 0) d = -d; exit !(v != "" && d <= t) }'; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$1 is ${2:-missing}, not $3 +- $4" >&2
  fi
}

# ask RESULT SQL
ask() { sqlite3 -readonly "$work/$1.gpkg" "$2"; }
# value RESULT INDICATOR MEASURE
value() { ask "$1" "select value from indicators where indicator='$2' and variant='near/$3'"; }
# access RESULT OPTION...: one standard without a smallest size; its distance is never reached by what is asked.
access() {
  "$SUND_PROGRAM" access --standard "$work/near.yaml" --crs EPSG:25832 --quick --quiet -o "$work/$1.gpkg" "${@:2}"
}
echo '{name: near, min_ha: 0, max_m: 1e6}' >"$work/near.yaml"

# ------------------------------------------------------------------------------------------------ Belo Horizonte
zcat "$data/belo-horizonte/travel_matrix.csv.gz" >"$work/minutes.csv"
cells=$data/belo-horizonte/land_use_data.csv
od="$work/minutes.csv|from=from_id|to=to_id|minutes=travel_time"
subset="id IN ('89a88cdb57bffff','89a88cdb597ffff','89a88cdb5b3ffff','89a88cdb5cfffff','89a88cd909bffff')"
awk -F, -v ids="$subset" 'NR == 1 || index(ids, $1)' "$work/minutes.csv" >"$work/minutes5.csv"

# bh RESULT WHAT OPTION...: WHAT is the column that is handed out.
bh() {
  access "$1" --homes "$cells|persons=population|income=income_per_capita" --green "$cells|supply=$2" --od "$od" "${@:3}"
}
# published SET MEASURE PARAMS RESULT COLUMN TOLERANCE: every row of the published table.
published() {
  local id wanted
  while IFS=, read -r id wanted; do
    near "$1 $2 $3 at $id" "$(ask "$4" "select $5 from access_homes where home_id='$id'")" "$wanted" "$6"
  done < <(awk -F, -v s="$1" -v m="$2" -v p="$3" '$1 == s && $2 == m && $3 == p { print $4 "," $5 }' \
    "$data/belo-horizonte/published_test_values.csv")
}

access five --homes "$cells|persons=population|where=$subset" --green "$cells|supply=jobs|where=$subset" \
  --od "$work/minutes5.csv|from=from_id|to=to_id|minutes=travel_time" \
  --measure 2sfca --measure bfca --decay dichotomy --radius 45
published subset5 2sfca_jobs "binary45 population" five near_2sfca 5.1e-5
published subset5 bfca_jobs "binary45 population" five near_bfca 5.1e-5
near "2SFCA conserves the jobs" "$(ask five 'select sum(persons * near_2sfca) from access_homes')" 599 1e-6

schools="$cells|supply=schools|where=$subset AND CAST(schools AS integer) > 0"
access nearest --homes "$cells|persons=population|where=$subset" --green "$schools" \
  --od "$work/minutes5.csv|from=from_id|to=to_id|minutes=travel_time"
published subset5 cost_to_closest_school n1 nearest near_minutes 1e-9

bh cumulative jobs --measure cumulative --radius 30
published full cumulative_jobs cutoff30 cumulative near_cumulative 0
near "Gini" "$(value cumulative access.gini cumulative)" 0.4715251 5.1e-8
near "Theil" "$(value cumulative access.theil cumulative)" 0.3616631 5.1e-8
# Corrected concentration = 4 mean C / range; they put cells of equal income in an order, here they share their rank.
near "corrected concentration" "$(ask cumulative "select 4 * c.value * m.value / r.width
  from (select value from indicators where indicator='access.concentration' and variant='near/cumulative') c,
       (select value from indicators where indicator='access.supply' and variant='near/cumulative') m,
       (select max(near_cumulative) - min(near_cumulative) as width from access_homes where persons > 0) r")" 0.3346494 5e-5
# They take whole cells for the poorest and the richest; here the cells on the boundary count with their share.
near "Palma" "$(value cumulative access.palma cumulative)" 3.800465 0.03

bh bfca jobs --measure bfca --decay exponential --decay-value 0.5 --radius 1000
published full bfca_jobs "exponential 0.5" bfca near_bfca 5.1e-9
bh gravity schools --measure gravity --decay exponential --decay-value 0.2 --radius 1000
published full gravity_schools "exponential 0.2" gravity near_gravity 5.1e-9

# ------------------------------------------------------------------------------------------- Urban Nature Access
# Cells of 30 m; odd codes are nature; persons of 90 m cells by bilinear interpolation of their density, as they do.
una=$data/invest-una
gdalwarp -q -r bilinear -tr 30 30 -ot Float64 "$una/population.tif" "$work/persons.tif"
gdal_translate -q -of XYZ "$work/persons.tif" "$work/persons.xyz"
gdal_translate -q -of XYZ "$una/lulc.tif" "$work/lulc.xyz"
awk 'BEGIN { print "id,persons,group_women,group_men" }
     { printf "h%d,%.17g,%.17g,%.17g\n", NR, $3 / 9, 0.56 * $3 / 9, 0.44 * $3 / 9 }' "$work/persons.xyz" >"$work/una_homes.csv"
kinds="forest park meadow wetland beach" # for the codes 1 3 5 7 9
awk -v names="$kinds" 'BEGIN { print "id,kind,supply"; split(names, kind) }
     $3 % 2 { printf "g%d,%s,900\n", NR, kind[($3 + 1) / 2] }' "$work/lulc.xyz" >"$work/una_green.csv"
awk 'BEGIN { print "from,to,metres" }
     { x[NR] = $1; y[NR] = $2; nature[NR] = $3 % 2 }
     END { for (j = 1; j <= NR; j++) if (nature[j]) for (i = 1; i <= NR; i++) {
             d = sqrt((x[i] - x[j]) ^ 2 + (y[i] - y[j]) ^ 2)
             if (d <= 275) printf "h%d,g%d,%.12g\n", i, j, d } }' "$work/lulc.xyz" >"$work/una_metres.csv"

# una RESULT OPTION...
una() {
  access "$1" --homes "$work/una_homes.csv" --green "$work/una_green.csv" --od "$work/una_metres.csv" \
    --measure 2sfca --measure gravity --demand 100 --radius 100 "${@:2}"
}
# raster RESULT COLUMN SUM MIN MAX: theirs are 32-bit rasters, 7 digits.
raster() {
  near "$1 $2: sum" "$(ask "$1" "select sum($2) from access_homes")" "$3" 1
  near "$1 $2: min" "$(ask "$1" "select min($2) from access_homes")" "$4" 2e-3
  near "$1 $2: max" "$(ask "$1" "select max($2) from access_homes")" "$5" 4e-3
}
# balance RESULT BALANCE UNDER OVER
balance() {
  near "$1: balance" "$(value "$1" access.balance 2sfca)" "$2" 2e-5
  near "$1: persons under" "$(value "$1" access.under 2sfca)" "$3" 2e-3
  near "$1: persons over" "$(value "$1" access.over 2sfca)" "$4" 2e-3
}

una core --decay gaussian
raster core near_gravity 6221004.4126 1171.7352 11898.0713
balance core -17.9078 3991.827148 1084.172852

una groups --decay gaussian --radius-of women=100 --radius-of group_men=100
raster groups near_gravity_women 6221004.4126 1171.7352 11898.0713
balance groups -17.9078 3991.827148 1084.172852
near "women under" "$(value groups access.under 2sfca/group_women)" 2235.423096 2e-3
near "men over" "$(value groups access.over 2sfca/group_men)" 477.036011 2e-3

# Their exponential kernel goes on to 270 m for the 100 m that are asked: the same numbers when we ask for 270.
una exponential --decay exponential --decay-value 0.01 --radius-of women=270 --radius-of men=270
raster exponential near_gravity_men 17812884.001 7740.4287 25977.6758
balance exponential -17.9078 4801.790039 274.209869

# Where less than one person is near a cell they hand out 900 m2 a person all the same, and some of it goes to nobody:
# their balance of -18.045702 is -17.907801 when nothing is lost. Persons under and over are the same.
una kinds --decay gaussian --radius-of forest=30 --radius-of park=90 --radius-of meadow=150 --radius-of wetland=270 \
  --radius-of beach=270
balance kinds -17.907801 4475.123047 600.876587
near "all kinds: their five rasters" "$(ask kinds 'select sum(near_gravity) from access_homes')" 19801409.718 2

# The same from the rasters themselves, along straight lines on the ground. Far from the meridian of their grid a map
# metre is less than a metre: with radius and demand in the measure of the map the numbers are theirs again.
gdal_translate -q -scale 0 9 0 1 -ot Float64 "$work/persons.tif" "$work/a_ninth.tif"
# rasters RESULT RADIUS DEMAND
rasters() {
  cat >"$work/una.yaml" <<YAML
name: Urban Nature Access
crs: EPSG:3116
layers:
  homes: [{source: a_ninth.tif, as: cells}]
  green: [{source: $una/lulc.tif, as: cells, codes: {kind: {1: park, 3: park, 5: park, 7: park, 9: park, "*": skip}}, set: {access: public}}]
queries:
  access: {standards: [near.yaml], distance: straight, quick: true, measure: [2sfca, gravity], decay: gaussian, radius: $2, demand: $3}
YAML
  "$SUND_PROGRAM" run "$work/una.yaml" --quiet -o "$work/$1.gpkg"
}
rasters ground 100 100
scale=$(ask ground "select (value + 100) * 5076 / (463 * 900) from indicators where indicator='access.balance'")
near "square metres on the ground of one on the map" "$scale" 0.9925 1e-4
rasters map "$(awk -v s="$scale" 'BEGIN { printf "%.9f", 100 * sqrt(s) }')" \
  "$(awk -v s="$scale" 'BEGIN { printf "%.9f", 100 * s }')"
near "rasters: accessible" "$(ask map "select sum(near_gravity) / $scale from access_homes")" 6221004.4 6221
near "rasters: balance" "$(awk -v v="$(value map access.balance 2sfca)" -v s="$scale" 'BEGIN { print v / s }')" -17.9078 1e-4
near "rasters: persons under" "$(value map access.under 2sfca)" 3991.827148 1e-2
near "rasters: persons over" "$(value map access.over 2sfca)" 1084.172852 1e-2

echo "peers: $passed numbers hold, $failed do not"
[ "$failed" -eq 0 ]
