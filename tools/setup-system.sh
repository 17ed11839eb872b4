#!/usr/bin/env bash
# npm run setup:system: installs what the tests hold Reprise against. Reprise itself needs none of it.
# Debian and Ubuntu, as root or with sudo; elsewhere it says what to install. Quick when all is there.
set -euo pipefail

PACKAGES=(
  ffmpeg                # decoders and encoders: test files, and the fall-back decoder
  libchromaprint-tools  # fpcalc, whose fingerprints ours must equal
  flac                  # flac, metaflac
  wavpack
  fluidsynth            # renders the MIDI music of the corpus
  zip unzip
  sqlite3               # looks into catalogues from outside
  time                  # CPU and memory of whole process trees
  xfsprogs              # mkfs.xfs: a file system with reflinks, to test on
  python3               # its configparser, which imported INI files were written with
  beets                 # that its plugin in contrib/ is tried in
  fuse3                 # mounts by who is not root
  gcc libc6-dev         # small programs of system calls, to try a mounted store with
  litmus rclone cadaver # clients of WebDAV
  libfuse3-3            # the other way to mount, that of macOS
  rsync fio stress-ng id3v2 vorbis-tools python3-mutagen git # programs that work in one
)
[ "${1:-}" = --and ] && shift && PACKAGES+=("$@")

missing=()
for package in "${PACKAGES[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = 'install ok installed' ] || missing+=("$package")
done

if [ "${#missing[@]}" -eq 0 ]; then
  echo 'setup: everything is installed'
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
  [ -t 0 ] || as_root+=(-n) # nobody is there to type a password
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "setup: nothing was installed, because this is no Debian or Ubuntu, or root rights are missing."
  echo "setup: please install the counterparts of: ${missing[*]}"
  echo "setup: tests that need a missing one are skipped, and say so."
  exit 0
fi

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"; }
echo "setup: installing ${missing[*]}"
apt update || echo 'setup: the package lists could not be refreshed; trying with those that are here'
if ! apt install -y --no-install-recommends "${missing[@]}"; then
  echo "setup: could not be installed: ${missing[*]}; tests that need them are skipped, and say so."
fi
