import { describeMounted, mountStore } from '../../../test/support/mounted-store.ts';
import { describeTreeMount } from '../../store/mounted/tree-mount.contract.ts';

describeTreeMount({
  title: 'by our own server',
  describe: describeMounted,
  mount: (place) => mountStore({ ...place, options: ['quiet=0.2'] }),
  foreignNames: 'taken',
  tellsLinks: true,
});
