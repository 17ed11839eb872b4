import { describe, expect, it } from 'vitest';
import { parseMountTable } from './mount-table.ts';

describe('the mount table', () => {
  it('has names with blanks, several mounts at a place, and any number of tags', () => {
    const text = [
      '36 35 98:0 / / rw,noatime shared:1 master:2 - ext4 /dev/root rw',
      '40 36 0:39 / /mnt/my\\040radio rw - fuse.reprise /srv/\\134\\011\\012.store rw,user_id=0',
      '41 36 0:40 / /mnt/my\\040radio rw shared:3 - tmpfs none rw',
      '',
    ].join('\n');
    expect(parseMountTable(text)).toEqual([
      { point: '/', type: 'ext4', source: '/dev/root', device: '98:0' },
      { point: '/mnt/my radio', type: 'fuse.reprise', source: '/srv/\\\t\n.store', device: '0:39' },
      { point: '/mnt/my radio', type: 'tmpfs', source: 'none', device: '0:40' },
    ]);
  });

  it('has other letters as they are', () => {
    const [mounted] = parseMountTable('40 36 0:39 / /mnt/Müller rw - fuse.reprise /srv/日本.store rw\n');
    expect(mounted).toMatchObject({ point: '/mnt/Müller', source: '/srv/日本.store' });
  });

  it('has other letters as they are beside blanks', () => {
    const [mounted] = parseMountTable('40 36 0:39 / /mnt/Müller\\040Radio rw - fuse.reprise /srv/日\\040本.store rw\n');
    expect(mounted).toMatchObject({ point: '/mnt/Müller Radio', source: '/srv/日 本.store' });
  });
});
