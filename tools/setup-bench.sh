#!/usr/bin/env bash
# npm run setup:bench: what `npm run bench` and `npm run nightly` need beyond setup-system.sh: the peers that Reprise
# is measured against on the corpus (for duplicates, then for storing), and a compiler for what its kernels are measured
# against.
set -euo pipefail
exec bash "$(dirname "$0")/setup-system.sh" --and fdupes jdupes duff rdfind rmlint \
  borgbackup restic casync bup zstd gcc libc6-dev libfuse3-dev pkg-config streamripper mpv
