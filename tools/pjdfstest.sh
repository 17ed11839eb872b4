#!/usr/bin/env bash
# PJDFSTEST=DIR npm run test:posix: runs the copy of pjdfstest that is built in DIR on a new store, mounted for it.
# Fails over what test/mount/pjdfstest-exclusions.txt does not name, and over what is named there and does not fail.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
exclusions="$root/test/mount/pjdfstest-exclusions.txt"

refuse() {
  echo "$1" >&2
  exit 2
}

[ -n "${PJDFSTEST:-}" ] ||
  refuse 'Build pjdfstest (https://github.com/pjd/pjdfstest) and name its folder: PJDFSTEST=DIR npm run test:posix'
suite=$(cd "$PJDFSTEST" && pwd)
[ -x "$suite/pjdfstest" ] || refuse "There is no program pjdfstest in $suite: build it there."
[ "$(id -u)" -eq 0 ] || refuse 'pjdfstest acts as several users, so it has to be run by root.'
command -v prove >/dev/null || refuse 'There is no prove, which comes with Perl: install perl.'

home=$(mktemp -d)
store="$home/store"
folder="$home/mounted"
report="$home/report"

clean_up() {
  cd /
  umount "$folder" 2>/dev/null || umount --lazy "$folder" 2>/dev/null || true
  rm -rf "$home"
}
trap clean_up EXIT

# From "FILE 3,7-9" one line for each test, "FILE 3", "FILE 7", …; what stands behind # is left out.
one_a_line() {
  sed 's/#.*//' | awk 'NF > 1 {
    for (at = 2; at <= NF; at++) {
      count = split($at, ranges, ",")
      for (range = 1; range <= count; range++) {
        if (ranges[range] == "") continue
        split(ranges[range], ends, "-")
        if (ends[2] == "") print $1, ranges[range]
        else for (test = ends[1]; test <= ends[2]; test++) print $1, test
      }
    }
  }' | sort -u
}

# From what prove sums up: "FILE 3, 7-9"; "FILE plan" where a file did not come to its end.
failures() {
  awk -v tests="$suite/tests/" '
    / \(Wstat: / { file = $1; sub(tests, "", file); numbers = 0; next }
    /^  Failed tests?:/ { sub(/^[^:]*:/, ""); print file, $0; numbers = 1; next }
    /^  (Parse errors|Non-zero)/ { print file, "plan" }
    /^  [A-Z]/ { numbers = 0 }
    /^ +[0-9]/ && numbers { print file, $0 }
  ' "$report"
}

node "$root/bin/reprise.js" store init "$store"
mkdir "$folder"
node "$root/bin/reprise.js" store mount "$store" "$folder"
cd "$folder"
prove -r "$suite/tests" 2>&1 | tee "$report" || true
grep -q '^Files=.* Tests=[1-9]' "$report" || refuse 'pjdfstest ran no tests.'

failures | one_a_line >"$home/failed"
one_a_line <"$exclusions" >"$home/excluded"
unexpected=$(comm -23 "$home/failed" "$home/excluded")
stale=$(comm -13 "$home/failed" "$home/excluded")
[ -z "$unexpected" ] || printf '\nFailed:\n%s\n' "$(sort -V <<<"$unexpected")"
[ -z "$stale" ] || printf '\nExcluded, and does not fail:\n%s\n' "$stale"
[ -z "$unexpected$stale" ] || exit 1
echo "pjdfstest finds nothing but the $(wc -l <"$home/excluded") tests that are excluded."
