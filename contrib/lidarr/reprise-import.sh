#!/bin/sh
# Lidarr's "Import Using Script" (Settings, Media Management): asks Reprise before a track is imported. Moves nothing itself.
#
# It ends with 3, "let Lidarr move the file", for what may come in. With anything else but 0 and 2, which it never ends
# with, Lidarr leaves the file where it is and shows the import as failed in its queue: 10 a duplicate, 12 a better copy of
# one, 13 unreadable, 14 held for a person, 1 Reprise could not be asked.
#
# What can be set, in Lidarr's environment or here:
#   REPRISE_URL         the daemon, such as http://127.0.0.1:8945; empty: the command is run instead
#   REPRISE_TOKEN_FILE  a file with a token of the scope "check", for the daemon
#   REPRISE_COMMAND     the command, where it is not "reprise"; may have arguments, with blanks between
#   REPRISE_IMPORT      the verdicts that may come in; "new unknown upgrade" also lets better copies in
#   REPRISE_ON_ERROR    "refuse" or "import", where Reprise cannot be asked
#   REPRISE_SECONDS     how long an answer may take
# See docs/guide/recipes.md.
set -u

: "${REPRISE_URL:=}"
: "${REPRISE_TOKEN_FILE:=}"
: "${REPRISE_COMMAND:=reprise}"
: "${REPRISE_IMPORT:=new unknown}"
: "${REPRISE_ON_ERROR:=refuse}"
: "${REPRISE_SECONDS:=300}"

LET_LIDARR_MOVE_IT=3

# Lidarr keeps what is printed in its log.
say() { printf 'reprise: %s\n' "$*" >&2; }

could_not_ask() {
  if [ "$REPRISE_ON_ERROR" = import ]; then
    say "$1 Imported all the same, because REPRISE_ON_ERROR says so."
    exit $LET_LIDARR_MOVE_IT
  fi
  say "$1 Not imported."
  exit 1
}

# The token goes by a pipe: arguments can be read by everybody on the machine.
ask_daemon() {
  token=$(cat -- "$REPRISE_TOKEN_FILE") || return 1
  path64=$(printf %s "$source" | base64 | tr -d '\n')
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --silent --show-error --max-time "$REPRISE_SECONDS" --config - \
      --header 'Content-Type: application/json' --data "{\"pathBase64\":\"$path64\"}" \
      -- "${REPRISE_URL%/}/api/v1/check"
}

ask_command() {
  # Cut at its blanks on purpose.
  # shellcheck disable=SC2086
  $REPRISE_COMMAND gate check --json -- "$source"
}

# A text field of the answer. Quotes within a text stand behind a backslash, so no text can be taken for a field.
field() { printf '%s\n' "$answer" | sed -n "s/.*\"$1\":\"\\([^\"\\\\]*\\).*/\\1/p" | sed 1q; }

# Custom scripts are tried out that way.
[ "${Lidarr_EventType:-}" = Test ] && exit 0

# The environment goes first: Lidarr does not escape quotation marks in arguments.
source=${Lidarr_SourcePath:-${1:-}}
[ -n "$source" ] || could_not_ask 'No file was named.'

if [ -n "$REPRISE_URL" ]; then answer=$(ask_daemon); else answer=$(ask_command); fi
verdict=$(field verdict)
reason=$(printf '%s\n' "$answer" | sed -n 's/.*"reasons":\["\(\([^"\\]\|\\.\)*\)".*/\1/p' | sed '1{s/\\"/"/g;q;}')
[ -n "$verdict" ] || could_not_ask "No verdict on $source: $(field message) $(field hint)"

say "$verdict: $source: $reason"
case " $REPRISE_IMPORT " in *" $verdict "*) exit $LET_LIDARR_MOVE_IT ;; esac
case $verdict in
  duplicate | exact) exit 10 ;;
  upgrade) exit 12 ;;
  unreadable) exit 13 ;;
  held) exit 14 ;;
esac
exit 1
