#!/bin/bash
# fetch-music.sh DEST [dev|all|FILE.sh ...]
#
# Downloads Debian packages that carry real, freely licensed music, unpacks them
# (dpkg -x; nothing is installed) and gathers the audio under
#   DEST/originals/SET/PACKAGE/...      (Ogg Vorbis, Opus, MP3, WAV as shipped;
#                                        MIDI and tracker modules rendered to FLAC)
# plus DEST/originals/SET/manifest.json (made by survey.mjs).
#
# Needs: apt-get (package lists up to date), dpkg, ffmpeg with libopenmpt,
#        fluidsynth, flac, unzip, node >= 18.
# The sets are listed in sets/*.sh.
# Re-running is cheap: what is present already is kept.
set -euo pipefail
DEST=${1:?usage: fetch-music.sh DEST [dev|all|FILE.sh ...]}
HERE=$(cd "$(dirname "$0")" && pwd)
shift; SETS=()
for w in "${@:-all}"; do
  case $w in
    all) SETS+=("$HERE"/sets/*.sh) ;;
    *.sh) SETS+=("$w") ;;
    *) SETS+=("$HERE/sets/$w.sh") ;;
  esac
done
JOBS=${JOBS:-2}
CAP=${RENDER_SECONDS:-180}   # seconds of a rendered module or MIDI file; a set may name its own RENDER_SECONDS
export LC_ALL=C.UTF-8

mkdir -p "$DEST/debs" "$DEST/unpacked" "$DEST/originals"
DEST=$(cd "$DEST" && pwd)

limit() { while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n || true; done; }

get() { # packages...: download (one apt-get call) and unpack
  local p want=()
  for p in "$@"; do compgen -G "$DEST/debs/${p}_*.deb" >/dev/null || want+=("$p"); done
  if [ ${#want[@]} -gt 0 ]; then (cd "$DEST/debs" && timeout 900 apt-get -q download "${want[@]}"); fi
  for p in "$@"; do
    [ -e "$DEST/unpacked/$p/.done" ] && continue
    limit
    ( rm -rf "${DEST:?}/unpacked/$p"; mkdir -p "$DEST/unpacked/$p"
      dpkg -x "$DEST/debs/${p}"_*.deb "$DEST/unpacked/$p"
      # id Tech packages keep their music in zip archives
      find "$DEST/unpacked/$p" -name '*.pk3' -print0 | while IFS= read -r -d '' z; do
        unzip -qo "$z" -d "$DEST/unpacked/$p/pk3"; done
      touch "$DEST/unpacked/$p/.done" ) &
  done
  wait
}

gather() { # SET PACKAGE: hard-link the recorded audio of 5 s or more (by size here, by length in survey.mjs)
  local set=$1 p=$2 out="$DEST/originals/$1/$2" f rel
  mkdir -p "$out"
  find "$DEST/unpacked/$p" -type f \( -iname '*.ogg' -o -iname '*.opus' -o -iname '*.mp3' -o -iname '*.wav' -o -iname '*.flac' \) \
       -size +120k -printf '%P\n' | sort | while IFS= read -r f; do
    [[ -n $SKIP && $p/$f =~ $SKIP ]] && continue
    case $p/$f in fretsonfire*) rel="$(basename "$(dirname "$f")")__$(basename "$f")";; *) rel=$(basename "$f");; esac
    rel=${rel// /_}
    [ -e "$out/$rel" ] || ln "$DEST/unpacked/$p/$f" "$out/$rel" 2>/dev/null || cp "$DEST/unpacked/$p/$f" "$out/$rel"
  done
}

render_modules() { # SET PACKAGE: tracker modules -> FLAC (a lossless master)
  local out="$DEST/originals/$1/$2" f b
  mkdir -p "$out"
  find "$DEST/unpacked/$2" -type f \( -iname '*.xm' -o -iname '*.it' -o -iname '*.mod' -o -iname '*.s3m' \) | sort | while IFS= read -r f; do
    b=$(basename "$f"); b="$out/module__${b%.*}.flac"
    [ -s "$b" ] && continue
    timeout 120 ffmpeg -nostdin -v error -y -t "$RENDER_SECONDS" -i "$f" -map_metadata -1 -fflags +bitexact -flags +bitexact \
      -ar 44100 -ac 2 -sample_fmt s16 -c:a flac "$b.part.flac" && mv "$b.part.flac" "$b" || rm -f "$b.part.flac"
  done
}

render_midi() { # SET PACKAGE FONTNAME FONTFILE MAXFILES: MIDI -> FLAC (a lossless master)
  local out="$DEST/originals/$1/$2" font=$3 sf=$4 max=$5 f b
  mkdir -p "$out"
  # the loop is no part of a pipeline: `wait` below has to know the jobs that it starts
  while IFS= read -r f; do
    b=$(basename "$f"); b="$out/midi__${b%.*}__$font.flac"
    [ -s "$b" ] && continue
    limit
    ( t=$(mktemp -d "$DEST/tmp.XXXXXX")
      timeout 120 fluidsynth -q -ni -g 0.6 -r 44100 -F "$t/a.wav" -T wav "$sf" "$f" >/dev/null 2>&1 || true
      [ -s "$t/a.wav" ] && ffmpeg -nostdin -v error -y -i "$t/a.wav" -t "$RENDER_SECONDS" -map_metadata -1 -fflags +bitexact -flags +bitexact \
         -sample_fmt s16 -c:a flac "$b.part.flac" && mv "$b.part.flac" "$b"
      rm -rf "$t" "$b.part.flac" ) </dev/null &
  done < <(find "$DEST/unpacked/$2" -type f -iname '*.mid' ! -name 'notes.mid' | sort | head -n "$max" || true)
  wait
}

mix_stems() { # SET PACKAGE: Frets on Fire ships guitar and backing apart; the sum is the song as released
  local out="$DEST/originals/$1/$2" g s m
  for g in "$out"/*__guitar.ogg; do
    [ -e "$g" ] || continue
    s=${g%__guitar.ogg}__song.ogg; m=${g%__guitar.ogg}__fullmix.flac
    [ -s "$m" ] && continue
    timeout 120 ffmpeg -nostdin -v error -y -i "$s" -i "$g" -filter_complex 'amix=inputs=2:normalize=0,volume=-3dB' \
      -map_metadata -1 -fflags +bitexact -flags +bitexact -ar 44100 -sample_fmt s16 -c:a flac "$m.part.flac" && mv "$m.part.flac" "$m"
  done
}

font() { find "$DEST/unpacked/$1" -type f \( -iname '*.sf2' -o -iname '*.sf3' \) | sort | head -1; }

for setfile in "${SETS[@]}"; do
  SET='' MUSIC='' FONTS='' MODULES='' MIDI='' MIDI_MAX=16 STEMS='' SKIP='' LICENCES='' RENDER_SECONDS=$CAP
  # shellcheck source=/dev/null
  . "$setfile"
  # shellcheck disable=SC2086
  get $MUSIC $(for f in $FONTS; do echo "${f%%:*}"; done)
  for p in $MUSIC; do gather "$SET" "$p"; done
  for p in $MODULES; do render_modules "$SET" "$p"; done
  for p in $MIDI; do for f in $FONTS; do render_midi "$SET" "$p" "${f##*:}" "$(font "${f%%:*}")" "$MIDI_MAX"; done; done
  for p in $STEMS; do mix_stems "$SET" "$p"; done
  LICENCES="$LICENCES" node "$HERE/survey.mjs" "$DEST" "$SET"
done
du -sh "$DEST/debs" "$DEST/originals"/* | sed "s#$DEST/##"
