#!/usr/bin/env bash
# The house: calls go down only, third-party libraries stay in their rooms, no state outside the context.
set -u
cd "$(dirname "$0")/.."
bad=0
complain() { echo "$1" >&2; bad=1; }

# includes FLOOR PATTERN MESSAGE [FILES THAT MAY]
forbid() {
  local where=$1 pattern=$2 message=$3 allowed=${4:-^$}
  local hits
  hits=$(grep -rnE "$pattern" $where --include='*.[ch]' | grep -vE "^($allowed):" || true)
  [ -z "$hits" ] || complain "$message:
$hits"
}

# Floors.
forbid geo '#include "(sund/(layers|queries)|\.\./|layers/|queries/)' "geo looks up"
forbid layers '#include "(sund/queries|\.\./|geo/|queries/)' "layers looks up, or behind geo's front door"
forbid queries '#include "(\.\./|geo/|layers/)' "queries looks behind a front door"
forbid include/sund/geo.h '#include "' "geo.h includes another floor"
forbid include/sund/layers.h '#include "sund/queries' "layers.h includes the upper floor"

# Third-party headers in their rooms.
forbid "geo layers queries include" '#include <proj|#include <geodesic' "PROJ outside its room" 'geo/(crs[a-z_]*|geodesic|ground|version)\.[ch]'
forbid "geo layers queries include" '#include <geos' "GEOS outside its room" 'geo/(overlay[a-z_]*|version)\.[ch]'
forbid "geo layers queries include" '#include <(gdal|ogr|cpl)' "GDAL outside its rooms" 'layers/(guard[a-z_]*|vector[a-z_]*|raster[a-z_]*|cog_write|version)\.[ch]'
forbid "geo layers queries include" '#include <sqlite3' "SQLite outside its rooms" 'layers/(gpkg[a-z_]*|rtree|version)\.[ch]'
forbid "geo layers queries include" '#include <yaml' "libyaml outside its room" 'layers/yaml\.c'
forbid "geo layers queries include" '#include <jansson' "jansson outside its room" 'layers/json\.c'
forbid "geo layers queries include" '#include <openssl' "libcrypto outside its room" 'layers/hash\.c'
forbid "geo layers queries include" '#include <libdeflate' "libdeflate outside its rooms" 'layers/(osm_pbf|feed_zip)\.c'
forbid "geo layers queries include" '#include <expat' "expat outside its room" 'layers/osm_xml\.c'
forbid "geo layers queries include" '#include <pthread' "threads outside the pool" 'geo/pool\.c'

# Nothing ends the program but main; nothing is allocated but by the arena.
forbid "geo layers queries" '[^a-z_](exit|abort|_exit)\(' "the program is ended outside main" 'queries/main\.c'
forbid "geo layers queries" '[^a-z_.>](malloc|calloc|realloc|strdup|strndup|asprintf|free)\(' "memory from outside the arena" 'geo/ctx\.c|layers/json\.c'
forbid "geo layers queries" '[^a-z_]setlocale\(' "the locale is changed"
forbid "geo layers queries" '[^a-z_](time|gettimeofday|clock_gettime|rand|random)\(' "the clock or chance has a say" 'queries/progress\.c'

# No file-scope variable that is not const. Tables of texts stand in .data.rel.ro: constant once loaded. The stop flag
# of the signal handler is the one exception, and main.c is in no library.
build=$(dirname "${SUND_PROGRAM:-build/release/sund}")
for floor in geo layers queries; do
  library=$build/libsund_$floor.a
  if [ ! -f "$library" ]; then
    echo "floors: no $library, state not looked at" >&2
    continue
  fi
  state=$(nm --format=sysv "$library" | awk -F'|' '$4 ~ /OBJECT|TLS/ && $7 ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ \
    && $7 !~ /^\.data\.rel\.ro/ { gsub(/ /, "", $1); print $1 }')
  [ -z "$state" ] || complain "variables outside the context in $library: $state"
done

# Headers compile alone.
for header in include/sund/*.h geo/*.h layers/*.h queries/*.h; do
  case $header in queries/list.h) continue ;; esac
  extra=$(pkg-config --cflags gdal geos proj sqlite3 yaml-0.1 jansson libcrypto 2>/dev/null)
  # shellcheck disable=SC2086
  ${CC:-cc} -std=c11 -fsyntax-only -Iinclude -I. -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE $extra -x c "$header" 2>/dev/null \
    || complain "$header does not compile alone"
done

[ $bad -eq 0 ] && echo "floors: clean"
exit $bad
