/** The stressors of stress-ng that work on files, in a mounted store. */
import { spawnSync } from 'node:child_process';
import { describePrograms, IS_LONG, itNeeds } from './programs-place.ts';

/** The hardest first: a usual run tries only these. */
const USUAL = 'dentry rename hdd mmap fallocate xattr lockf dir seek iomix copy-file'.split(' ');
const OTHERS = (
  'access aio chattr chdir chmod chown dirdeep dirmany dnotify dup fcntl fiemap file-ioctl filename flock fpunch fsize ' +
  'fstat getdent handle inode-flags inotify io lease link locka lockofd mknod mmapaddr mmapfixed mmapmany msync open readahead ' +
  'revio rmap sendfile splice symlink sync-file tee touch unlink utime verity'
).split(' ');
const SECONDS = IS_LONG ? 10 : 1;

/** 3 and 4: the stressor wants what is not here. What fails on the disk as well says nothing of the store. */
const SCRIPT = `
  tried() { # FOLDER
    status=0; mkdir $1/tried
    timeout 300 stress-ng --temp-path $1/tried --$STRESSOR 2 --timeout ${SECONDS} --verify > $OUT/said 2>&1 || status=$?
    [ $status = 0 ] || [ $status = 3 ] || [ $status = 4 ]
  }
  if tried $HERE; then ls -A $HERE/tried > $OUT/left; cat $OUT/left; [ ! -s $OUT/left ]
  else echo "$STRESSOR ended with $status"; cat $OUT/said; tried $OUT && exit 1; fi`;

const known = new Set(spawnSync('stress-ng', ['--stressors'], { encoding: 'utf8' }).stdout?.trim().split(/\s+/));

describePrograms('bears stress', ({ perform }) => {
  for (const stressor of IS_LONG ? [...USUAL, ...OTHERS] : USUAL) {
    const lack = known.has(stressor) ? [] : [`stressor ${stressor} in this stress-ng`];
    itNeeds({ needs: { 'stress-ng': 'stress-ng' }, lack }, stressor, () =>
      perform(SCRIPT, `stressor-${stressor}`, { STRESSOR: stressor }),
    );
  }
});
