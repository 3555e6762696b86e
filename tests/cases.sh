#!/usr/bin/env bash
# cases.sh - runs the command lines of tests/cases/*.case and compares; after PROJ's gie, a test is a few lines of data.
#
#   tests/cases.sh [FILE.case …]      program: SUND_PROGRAM, else build/release/sund
#
# A case, in a fresh folder of its own:
#
#   == what the case is about
#   file p.yaml                       a file; its text is the lines after it that begin with two blanks
#     name: small
#   $ sund run p.yaml -o r.gpkg       a command for bash, in the folder; after it what must come of it:
#   exit 2                            exit code; 0 when the line is missing
#   stderr unknown key                stderr has this text                stdout …    the same for stdout
#   stderr~ ^p.yaml:[0-9]+            … has a line that fits (ERE)        stdout~ …
#   stderr! warning                   … does not have this text           stdout! …
#   stderr=                           … is this line, here: is empty      stdout= …
#   json                              stdout is one JSON document
#   absent r.gpkg                     no such file          present r.gpkg    there is one
#   same a.gpkg b.gpkg                the files are equal, byte for byte
#   value r.gpkg | SELECT … | 12.5 | 0.1     what SQLite answers, within a tolerance (without one: the very text)
#
# Comments begin with #. After every command it is checked besides that no hidden file is left in the folder, that exit
# 0 comes without an error, and that exit 2 and more comes with a message (of one line, unless it is `sund check`).
set -u
here=$(cd "$(dirname "$0")" && pwd)
program=${SUND_PROGRAM:-$here/../build/release/sund}
[ -x "$program" ] || { echo "cases.sh: no program at $program" >&2; exit 1; }
# Cases of single rooms (crs.case) have forms of their own, and are read by the room's test.
[ $# -gt 0 ] || set -- $(grep -l '^== ' "$here"/cases/*.case)
mapfile -t files < <(realpath -- "$@")

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir "$room/bin"
ln -s "$(realpath "$program")" "$room/bin/sund"
export PATH="$room/bin:$PATH" LANG=C
unset LANGUAGE LC_ALL LC_MESSAGES
out=$room/stdout err=$room/stderr

passed=0 failed=0 number=0
title="" command="" wanted=0 code=0 file="" bad=0 folder="" place=""

# Says what is wrong with the case at hand; the first time with its name.
complain() {
  [ $bad -eq 0 ] && echo "FAILED $place: $title"
  bad=1
  echo "    $1"
}

# Checks that belong to every command, once its own lines are read.
settle() {
  [ -n "$command" ] || return
  if [ "$code" -ne "$wanted" ]; then
    complain "\$ $command: exit $code, expected $wanted; stderr: $(head -c 600 "$err")"
  fi
  local hidden
  hidden=$(cd "$folder" && find . -name '.?*' | head -3)
  [ -z "$hidden" ] || complain "\$ $command: left behind: $hidden"
  if [ "$code" -eq 0 ] && grep -qiE '(^|[: ])error([: ]|$)' "$err"; then
    complain "\$ $command: exit 0, but: $(grep -iE error "$err" | head -1)"
  fi
  if [ "$code" -ge 2 ] && [ "$code" -le 6 ]; then
    [ -s "$err" ] || complain "\$ $command: exit $code without a message"
    case "$command" in
      *'sund check'*) ;;
      *) [ "$(grep -c '^sund\|:[0-9]*:[0-9]*: ' "$err")" -le 1 ] || complain "\$ $command: more than one message: $(cat "$err")" ;;
    esac
  fi
  command=""
}

end_case() {
  settle
  [ -n "$title" ] || return
  if [ $bad -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  cd "$room" && rm -rf "$folder"
  title=""
}

begin_case() {
  end_case
  title=$1 bad=0 number=$((number + 1)) folder=$room/case$number place=$2
  mkdir "$folder"
}

run_command() {
  settle
  command=$1 wanted=0
  (cd "$folder" && timeout 120 bash -c "$command") </dev/null >"$out" 2>"$err"
  code=$?
}

# has STREAM HOW TEXT: compares one stream.
has() {
  local stream=$out
  [ "$1" = stderr ] && stream=$err
  case "$2" in
    '') grep -qF -e "$3" "$stream" || complain "$1 has no '$3': $(head -c 600 "$stream")" ;;
    '~') grep -qE -e "$3" "$stream" || complain "$1 has no line like '$3': $(head -c 600 "$stream")" ;;
    '!') grep -qF -e "$3" "$stream" && complain "$1 has '$3': $(grep -F -m 1 -e "$3" "$stream")" ;;
    '=') [ "$(cat "$stream")" = "$3" ] || complain "$1 is not '$3': $(head -c 600 "$stream")" ;;
  esac
}

# value FILE | SQL | EXPECTED | TOLERANCE
check_value() {
  local database sql expected tolerance got
  IFS='|' read -r database sql expected tolerance <<<"$1"
  read -r database <<<"$database"
  read -r expected <<<"$expected"
  read -r tolerance <<<"${tolerance:-}"
  got=$(cd "$folder" && sqlite3 -readonly "$database" "$sql" 2>&1)
  if [ -z "$tolerance" ]; then
    [ "$got" = "$expected" ] || complain "$sql: '$got', expected '$expected'"
  else
    awk -v g="$got" -v e="$expected" -v t="$tolerance" \
      'BEGIN { d = g - e; exit !(g ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ && d <= t && -d <= t) }' ||
      complain "$sql: '$got', expected $expected ± $tolerance"
  fi
}

read_line() {
  local line=$1
  if [ -n "$file" ]; then
    case "$line" in
      '  '*) printf '%s\n' "${line:2}" >>"$folder/$file"; return ;;
    esac
    file=""
  fi
  case "$line" in
    '' | '#'*) ;;
    '== '*) begin_case "${line#== }" "$2" ;;
    'file '*) file=${line#file }; mkdir -p "$(dirname "$folder/$file")"; : >"$folder/$file" ;;
    '$ '*) run_command "${line#\$ }" ;;
    'exit '*) wanted=${line#exit } ;;
    std*' '* | std*=) local word=${line%% *}; has "${word:0:6}" "${word:6}" "$([ "$word" = "$line" ] || echo "${line#* }")" ;;
    json) python3 -c 'import json,sys; json.load(sys.stdin)' <"$out" 2>/dev/null || complain "stdout is no JSON document" ;;
    'absent '*) [ ! -e "$folder/${line#absent }" ] || complain "${line#absent } is there" ;;
    'present '*) [ -s "$folder/${line#present }" ] || complain "${line#present } is missing or empty" ;;
    'same '*) (cd "$folder" && cmp -s ${line#same }) || complain "differ: ${line#same }" ;;
    'value '*) check_value "${line#value }" ;;
    *) complain "$2: not understood: $line" ;;
  esac
}

for cases in "${files[@]}"; do
  at=0
  while IFS= read -r line || [ -n "$line" ]; do
    at=$((at + 1))
    read_line "$line" "$(basename "$cases"):$at"
  done <"$cases"
  end_case
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
